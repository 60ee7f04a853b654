// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_unload.c - kernel/unload.c: what counts as an answer to UNLOAD
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <linux/completion.h>
#include <linux/hyperv.h>
#include "compat/compat.h"
#include "hvcrash.h"
#include "unload.h"
#include "vmbus.h"
#include "vmbus_layout.h"
#include "vmbus_under_way.h"

#define DISCONNECTED 0
#define CONNECTED 2

int shim_allocations_left = -1;
u64 shim_freed_word;
u64 shim_tsc;
struct hvcrash_registry hvcrash_registry;
unsigned int hvcrash_kexec_unload_bound_ms;

/* The parts of hv_vmbus that unload.c reads, and the host */
static struct completion event;
static u32 conn_state;
static bool has_btf, has_symbol, is_connected, does_answer;
static u32 requests;
static unsigned long waited_us;

const struct completion *hvcrash_vmbus_unload_event(void)
{
	return has_btf ? &event : NULL;
}

const u32 *hvcrash_vmbus_conn_state(void)
{
	return has_btf ? &conn_state : NULL;
}

void hvcrash_vmbus_forget_layout(void)
{
}

void hvcrash_vmbus_learn_messages(void)
{
}

void hvcrash_vmbus_forget_messages(void)
{
}

bool hvcrash_vmbus_was_connected(void)
{
	return is_connected;
}

void shim_print(const char *format, ...)
{
}

void udelay(unsigned long us)
{
	waited_us += us;
}

/* As vmbus_initiate_unload() of drivers/hv/channel_mgmt.c */
static void initiate_unload(bool crash)
{
	if (conn_state == DISCONNECTED)
		return;
	conn_state = DISCONNECTED;
	event.done = 0;
	requests++;
	if (does_answer)
		/* Waiting for a completion consumes it; polling for it does not */
		event.done = crash;
}

void *hvcrash_compat_lookup_callable(const char *name)
{
	return has_symbol && !strcmp(name, "vmbus_initiate_unload") ?
		       (void *)initiate_unload :
		       NULL;
}

static enum { RUN, WAIT, NONE } thread;

void *kthread_run(int (*fn)(void *data), void *data, const char *name)
{
	if (thread == NONE)
		return (void *)(intptr_t)-ENOMEM;
	if (thread == RUN)
		fn(data);
	return &thread;
}

static int setup(void **state)
{
	has_btf = has_symbol = is_connected = does_answer = true;
	conn_state = CONNECTED;
	event.done = 0;
	requests = 0;
	waited_us = 0;
	thread = RUN;
	hvcrash_kexec_unload_bound_ms = 100;
	if (hvcrash_registry_init(&hvcrash_registry, 1, 0))
		return -1;
	hvcrash_registry.header->vmbus_version = 4U << 16;
	return 0;
}

static int teardown(void **state)
{
	hvcrash_unload_forget();
	hvcrash_registry_deinit(&hvcrash_registry);
	return 0;
}

static u32 panic(void)
{
	hvcrash_unload_learn();
	hvcrash_unload_in_panic();
	return hvcrash_report()->unload;
}

static u32 kexec(void)
{
	hvcrash_unload_learn();
	hvcrash_unload_in_kexec();
	return hvcrash_report()->unload;
}

static void an_answer_is_an_answer(void **s)
{
	assert_int_equal(panic(), HVCRASH_UNLOAD_ANSWERED);
	assert_int_equal(requests, 1);
}

static void no_answer_is_none(void **s)
{
	does_answer = false;
	assert_int_equal(panic(), HVCRASH_UNLOAD_TIMEOUT);
}

static void an_answer_to_somebody_else_is_one_too(void **s)
{
	initiate_unload(true);
	assert_int_equal(panic(), HVCRASH_UNLOAD_ANSWERED);
	assert_int_equal(requests, 1);
}

static void without_btf_nothing_tells(void **s)
{
	has_btf = false;
	assert_int_equal(panic(), HVCRASH_UNLOAD_UNKNOWN);
}

static void a_request_that_was_not_made_has_no_answer(void **s)
{
	/* A hibernation sent UNLOAD and still waits */
	conn_state = DISCONNECTED;
	assert_int_equal(panic(), HVCRASH_UNLOAD_TIMEOUT);
	assert_int_equal(requests, 0);
	conn_state = DISCONNECTED;
	has_btf = false;
	assert_int_equal(panic(), HVCRASH_UNLOAD_UNKNOWN);
}

static void a_guest_without_vmbus_needs_no_answer(void **s)
{
	is_connected = false;
	assert_int_equal(panic(), HVCRASH_UNLOAD_NONE);
}

static void an_old_host_is_not_asked(void **s)
{
	hvcrash_registry.header->vmbus_version = 2U << 16 | 4;
	assert_int_equal(panic(), HVCRASH_UNLOAD_NO_WAY);
}

static void without_a_way_to_ask_there_is_no_way(void **s)
{
	has_symbol = false;
	assert_int_equal(panic(), HVCRASH_UNLOAD_NO_WAY);
	assert_int_equal(hvcrash_registry.header->coverage,
			 HVCRASH_GAP_NO_VMBUS);
}

static void a_kexec_that_was_answered_is(void **s)
{
	assert_int_equal(kexec(), HVCRASH_UNLOAD_ANSWERED);
	assert_int_equal(requests, 1);
}

static void a_kexec_whose_thread_waits_goes_on_after_the_bound(void **s)
{
	thread = WAIT;
	assert_int_equal(kexec(), HVCRASH_UNLOAD_TIMEOUT);
	assert_int_equal(waited_us, 100 * 1000);
}

static void a_kexec_that_asked_nothing_was_not_answered(void **s)
{
	conn_state = DISCONNECTED;
	assert_int_not_equal(kexec(), HVCRASH_UNLOAD_ANSWERED);
	assert_int_equal(requests, 0);
	has_btf = false;
	assert_int_equal(kexec(), HVCRASH_UNLOAD_UNKNOWN);
}

static void a_kexec_without_a_thread_polls(void **s)
{
	thread = NONE;
	assert_int_equal(kexec(), HVCRASH_UNLOAD_ANSWERED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_an_answer),
		TEST(no_answer_is_none),
		TEST(an_answer_to_somebody_else_is_one_too),
		TEST(without_btf_nothing_tells),
		TEST(a_request_that_was_not_made_has_no_answer),
		TEST(a_guest_without_vmbus_needs_no_answer),
		TEST(an_old_host_is_not_asked),
		TEST(without_a_way_to_ask_there_is_no_way),
		TEST(a_kexec_that_was_answered_is),
		TEST(a_kexec_whose_thread_waits_goes_on_after_the_bound),
		TEST(a_kexec_that_asked_nothing_was_not_answered),
		TEST(a_kexec_without_a_thread_polls),
	};

	return cmocka_run_group_tests_name("UNLOAD", tests, NULL, NULL);
}
