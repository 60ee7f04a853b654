// SPDX-License-Identifier: GPL-2.0-only
/* fake_platform.c - platform.h without a machine */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake_platform.h"
#include "platform.h"

struct fake fake;

/* Not reset for each test, since they are large */
static u8 ram[FAKE_PAGES * HV_PAGE] __attribute__((aligned(4096)));
static char answer[1 << 20];

/* A list of all allocations, so that a new machine can begin with none. */
struct allocation {
	struct allocation *next, **at;
	size_t bytes;
	_Alignas(16) char room[];
};

static struct allocation *allocations;

static void forget_all(void)
{
	while (allocations)
		platform_free(allocations->room);
}

void fake_stop(void)
{
	forget_all();
	memset(&fake, 0, sizeof(fake));
}

void fake_start(const char *words)
{
	const char *wrong;

	fake_stop();
	memset(ram, 0, sizeof(ram));
	fake.ram = ram;
	fake.now = 10000000;
	wrong = hv_init(words, FAKE_VPS);
	if (wrong) {
		fprintf(stderr, "options \"%s\": %s\n", words, wrong);
		abort();
	}
	for (u32 vp = 0; vp < FAKE_VPS; vp++)
		hv_start_vp(vp, true);
}

void fake_run(u64 ms)
{
	u64 until = fake.now + ms * 10000, next;

	for (;;) {
		next = hv_run(fake.now);
		if (next > until)
			break;
		fake.now = next > fake.now ? next : fake.now + 1;
	}
	fake.now = until;
}

u8 *fake_at(u64 gpa)
{
	u8 *at = platform_guest(gpa, 1);

	if (!at)
		abort();
	return at;
}

const char *fake_ask(const char *request)
{
	fake.answer_bytes = 0;
	hv_oracle(request);
	answer[fake.answer_bytes] = 0;
	return answer;
}

void platform_lock(void)
{
}

void platform_unlock(void)
{
}

u64 platform_time(void)
{
	return fake.now;
}

u64 platform_tsc_hz(void)
{
	return 2000000000;
}

void platform_tsc_page(u64 *ret_scale, u64 *ret_offset)
{
	*ret_scale = 1ull << 60;
	*ret_offset = 7;
}

static bool is_ram(u64 gpa, u32 size)
{
	return gpa < FAKE_PAGES * HV_PAGE && size <= HV_PAGE - gpa % HV_PAGE;
}

void *platform_guest(u64 gpa, u32 size)
{
	u8 *shown;

	if (!is_ram(gpa, size))
		return NULL;
	shown = fake.shown[gpa / HV_PAGE];
	return shown ? shown + gpa % HV_PAGE : fake.ram + gpa;
}

void *platform_beneath(u64 gpa, u32 size)
{
	return is_ram(gpa, size) ? fake.ram + gpa : NULL;
}

void platform_show(u64 gpa, u8 *own)
{
	if (!is_ram(gpa, HV_PAGE) || (uintptr_t)own % HV_PAGE ||
	    fake.shown[gpa / HV_PAGE])
		abort();
	fake.shown[gpa / HV_PAGE] = own;
}

void platform_hide(u64 gpa, u8 *own)
{
	if (!is_ram(gpa, HV_PAGE) || fake.shown[gpa / HV_PAGE] != own)
		abort();
	fake.shown[gpa / HV_PAGE] = NULL;
}

void platform_interrupt(u32 vp, u32 vector)
{
	if (vp >= FAKE_VPS)
		abort();
	fake.interrupts[vp][vector % 256]++;
}

void platform_nmi(u32 vp)
{
	fake.nmis[vp]++;
}

void platform_freeze_vp(u32 vp, bool frozen)
{
	fake.frozen[vp] = frozen;
}

void platform_wake(void)
{
	fake.wakes++;
}

void platform_flush_tlb(void)
{
	fake.flushes++;
}

void platform_direct_timer(u32 vp, u32 timer)
{
	(void)vp;
	(void)timer;
	fake.direct++;
}

void platform_oracle_put(char c)
{
	if (fake.answer_bytes + 1 < sizeof(answer))
		answer[fake.answer_bytes++] = c;
}

void platform_log(const char *line)
{
	size_t bytes = strlen(fake.log), more = strlen(line);

	if (bytes + more + 2 > sizeof(fake.log))
		bytes = 0;
	snprintf(fake.log + bytes, sizeof(fake.log) - bytes, "%s\n", line);
}

void platform_end(const char *why)
{
	fake.ends++;
	snprintf(fake.end, sizeof(fake.end), "%s", why);
}

void *platform_alloc(size_t bytes)
{
	struct allocation *a;

	if (fake.allocations_left && !--fake.allocations_left) {
		fake.allocations_left = 1;
		return NULL;
	}
	a = calloc(1, sizeof(*a) + bytes);
	if (!a)
		return NULL;
	a->bytes = bytes;
	a->next = allocations;
	a->at = &allocations;
	if (a->next)
		a->next->at = &a->next;
	allocations = a;
	fake.allocated += bytes;
	return a->room;
}

void platform_free(void *at)
{
	struct allocation *a;

	if (!at)
		return;
	a = (struct allocation *)((char *)at -
				  offsetof(struct allocation, room));
	*a->at = a->next;
	if (a->next)
		a->next->at = a->at;
	fake.allocated -= a->bytes;
	free(a);
}

void platform_hypercall_code(u8 *page)
{
	memset(page, 0xc3, 4);
}

void platform_freeze(bool frozen)
{
	fake.all_frozen = frozen;
}

void platform_registers_json(u32 vp)
{
	(void)vp;
}
