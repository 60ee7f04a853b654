// SPDX-License-Identifier: GPL-2.0-only
/* host.c - initialization, the log, and work that is due */
#include "core.h"
#include "vmbus.h"

struct host host;

static void log_line(const char *format, va_list args)
{
	char line[256];
	u64 ms = platform_time() / HV_MILLISECOND;
	size_t n;

	n = format_line(line, sizeof(line), "[%4llu.%03llu] ",
			(unsigned long long)ms / 1000,
			(unsigned long long)ms % 1000);
	format_line_v(line + n, sizeof(line) - n, format, args);
	platform_log(line);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(format, args);
	va_end(args);
}

/* Limits how much a guest that keeps breaking the rules can log. */
void violation(const char *format, ...)
{
	va_list args;

	if (++host.violations > MAX_VIOLATIONS_LOGGED)
		return;
	va_start(args, format);
	log_line(format, args);
	va_end(args);
	if (host.violations == MAX_VIOLATIONS_LOGGED)
		say("further violations are only counted");
}

u32 this_kernel(void)
{
	return host.kernels + !host.guest_os_id;
}

u64 hv_memory_to_come(void)
{
	return options.hot_add_at & ~(HV_MEMORY_TO_COME - 1);
}

u32 vp_number(const struct vp *vp)
{
	return (u32)(vp - host.vp);
}

u32 hv_vp_index(u32 vp)
{
	return vp + (u32)options.vp_offset;
}

struct vp *vp_of_index(u32 index)
{
	u32 vp = index - (u32)options.vp_offset;

	return index >= options.vp_offset && vp < host.vps ? &host.vp[vp] :
							     NULL;
}

const char *hv_init(const char *words, u32 vps)
{
	const char *wrong;

	memset(&host, 0, sizeof(host));
	faults_init();
	options_default();
	wrong = options_set(words, false);
	if (wrong)
		return wrong;
	if (!vps || vps > HV_MAX_VPS)
		return "too many VPs, or none";
	host.vps = vps;
	host.vp = platform_alloc(vps * sizeof(*host.vp));
	host.overlays_at_unload =
		platform_alloc((vps * OVERLAYS_OF_VP + OVERLAY_KINDS) *
			       sizeof(*host.overlays_at_unload));
	if (!host.vp || !host.overlays_at_unload || !overlays_init())
		return "no memory";
	for (u32 i = 0; i < vps; i++)
		synic_reset_vp(&host.vp[i]);
	vmbus_init();
	return NULL;
}

void hv_start_vp(u32 vp, bool first)
{
	struct vp *v = &host.vp[vp];

	if (!first && v->started)
		return;
	v->started = true;
	v->started_at = platform_time();
	timers_reset_vp(v);
	synic_reset_vp(v);
	overlays_reset_vp(vp);
}

u64 hv_run(u64 now)
{
	u64 next = timers_run(now);

	next = earlier(next, vmbus_run(now));
	next = earlier(next, faults_run(now));
	return next;
}

void hv_count_exit(u32 vp, const char *why)
{
	struct vp *v = &host.vp[vp];

	v->exits++;
	for (u32 i = 0; i < EXIT_WORDS; i++) {
		if (!v->exit[i].why)
			v->exit[i].why = why;
		if (!strcmp(v->exit[i].why, why)) {
			v->exit[i].count++;
			return;
		}
	}
}
