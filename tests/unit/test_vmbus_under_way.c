// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_vmbus_under_way.c - kernel/vmbus_under_way.c: messages that a panic interrupted
 * on a list that may be broken
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <linux/hyperv.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include "hvcrash.h"
#include "vmbus_gpadl.h"
#include "vmbus_layout.h"
#include "vmbus_under_way.h"

#define GPADL 0xe1e10
#define RELID 7
#define VERSION (4U << 16)

int shim_allocations_left = -1;
u64 shim_freed_word;
struct hvcrash_registry hvcrash_registry;

static struct list_head list;
static const void *not_mapped;

const struct list_head *hvcrash_vmbus_message_list(void)
{
	return &list;
}

bool pfn_valid(u64 pfn)
{
	(void)pfn;
	return true;
}

bool virt_addr_valid(const void *p)
{
	return p && p != not_mapped;
}

#define MAX_INFOS 300
static struct vmbus_channel_msginfo *infos[MAX_INFOS];
static u32 nr_infos;

/* As list_add_tail() in hv_vmbus, before it posts */
static struct vmbus_channel_msginfo *post(u32 type, size_t bytes)
{
	struct vmbus_channel_msginfo *info = calloc(1, sizeof(*info) + bytes);
	struct vmbus_channel_message_header *h = (void *)info->msg;

	assert_non_null(info);
	assert_in_range(nr_infos, 0, MAX_INFOS - 1);
	infos[nr_infos++] = info;
	h->msgtype = type;
	info->msglistentry.prev = list.prev;
	info->msglistentry.next = &list;
	list.prev->next = &info->msglistentry;
	list.prev = &info->msglistentry;
	return info;
}

static struct vmbus_channel_msginfo *post_gpadl(u32 gpadl, u32 pages)
{
	struct vmbus_channel_gpadl_header *h;
	struct vmbus_channel_msginfo *info = post(
		CHANNELMSG_GPADL_HEADER, sizeof(*h) + sizeof(struct gpa_range));

	h = (void *)info->msg;
	h->gpadl = gpadl;
	h->range[0].byte_count = pages * 4096;
	return info;
}

static void publish(u32 gpadl, u32 pages)
{
	const struct hvcrash_owner owner = { HVCRASH_KIND_GPADL, gpadl, RELID };

	assert_int_equal(hvcrash_registry_publish(&hvcrash_registry, &owner,
						  0x1000, pages, 0, 0),
			 0);
}

static int setup(void **state)
{
	(void)state;
	list.next = list.prev = &list;
	hvcrash_vmbus_learn_messages();
	not_mapped = NULL;
	shim_unreadable = NULL;
	if (hvcrash_registry_init(&hvcrash_registry, 1, 0))
		return -1;
	hvcrash_registry.header->vmbus_version = VERSION;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	while (nr_infos)
		free(infos[--nr_infos]);
	hvcrash_gpadl_forget_all();
	hvcrash_registry_deinit(&hvcrash_registry);
	return 0;
}

static void assert_gap(u32 untracked)
{
	const struct hvcrash_header *h = hvcrash_registry.header;

	hvcrash_vmbus_note_under_way();
	assert_int_equal(h->untracked, untracked);
	assert_int_equal(h->coverage, untracked ? HVCRASH_GAP_UNDER_WAY : 0);
}

static void nothing_under_way_is_no_gap(void **s)
{
	(void)s;
	assert_gap(0);
}

static void what_is_listed_is_no_gap(void **s)
{
	(void)s;
	post(CHANNELMSG_GPADL_TEARDOWN, 64);
	post_gpadl(GPADL, 10);
	publish(GPADL, 4);
	publish(GPADL, 6);
	assert_gap(0);
}

static void a_header_that_was_posted_and_not_seen_is_a_gap(void **s)
{
	(void)s;
	post_gpadl(GPADL, 10);
	publish(GPADL + 1, 10);
	assert_gap(1);
}

static void a_body_that_was_posted_and_not_seen_is_a_gap(void **s)
{
	(void)s;
	post_gpadl(GPADL, 82);
	publish(GPADL, 54);
	post_gpadl(GPADL + 1, 82);
	publish(GPADL + 1, 82);
	post_gpadl(GPADL + 2, 5);
	assert_gap(2);
}

static void a_part_of_a_page_counts_as_one(void **s)
{
	struct vmbus_channel_gpadl_header *h;

	(void)s;
	h = (void *)post_gpadl(GPADL, 0)->msg;
	h->range[0].byte_offset = 4095;
	h->range[0].byte_count = 2;
	publish(GPADL, 1);
	assert_gap(1);
}

static void a_refused_gpadl_is_no_gap(void **s)
{
	(void)s;
	post_gpadl(GPADL, 10)->response.gpadl_created.creation_status = 5;
	assert_gap(0);
}

static void a_first_contact_that_was_not_seen_is_a_gap(void **s)
{
	struct vmbus_channel_initiate_contact *c;

	(void)s;
	c = (void *)post(CHANNELMSG_INITIATE_CONTACT, sizeof(*c))->msg;
	c->vmbus_version_requested = VERSION;
	assert_gap(0);
	c->vmbus_version_requested = VERSION + 1;
	assert_gap(1);
}

static void a_list_that_leads_nowhere_is_a_gap(void **s)
{
	struct vmbus_channel_msginfo *info = post_gpadl(GPADL, 10);

	(void)s;
	publish(GPADL, 10);
	not_mapped = info;
	assert_gap(1);
}

static void a_list_that_leads_between_two_words_is_a_gap(void **s)
{
	(void)s;
	list.next = (void *)((uintptr_t)post_gpadl(GPADL, 10) + 4);
	assert_gap(1);
}

static void a_message_that_faults_is_a_gap(void **s)
{
	(void)s;
	shim_unreadable = post_gpadl(GPADL, 10)->msg;
	assert_gap(1);
}

static void a_list_without_an_end_is_a_gap(void **s)
{
	struct vmbus_channel_msginfo *info = post(CHANNELMSG_GPADL_TEARDOWN, 8);

	(void)s;
	info->msglistentry.next = &info->msglistentry;
	assert_gap(1);
}

static void more_messages_than_are_looked_at_are_a_gap(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < 257; i++)
		post(CHANNELMSG_GPADL_TEARDOWN, 8);
	assert_gap(1);
}

static void more_gpadls_than_are_looked_at_are_a_gap(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < 65; i++) {
		post_gpadl(GPADL + i, 1);
		publish(GPADL + i, 1);
	}
	assert_gap(1);
}

static void without_the_list_what_the_probes_wait_for_is_a_gap(void **s)
{
	static const u64 pfns[26] = { 1 };

	(void)s;
	hvcrash_vmbus_forget_messages();
	assert_gap(0);
	hvcrash_gpadl_header(RELID, GPADL, 82, pfns, ARRAY_SIZE(pfns));
	assert_gap(1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nothing_under_way_is_no_gap),
		TEST(what_is_listed_is_no_gap),
		TEST(a_header_that_was_posted_and_not_seen_is_a_gap),
		TEST(a_body_that_was_posted_and_not_seen_is_a_gap),
		TEST(a_part_of_a_page_counts_as_one),
		TEST(a_refused_gpadl_is_no_gap),
		TEST(a_first_contact_that_was_not_seen_is_a_gap),
		TEST(a_list_that_leads_nowhere_is_a_gap),
		TEST(a_list_that_leads_between_two_words_is_a_gap),
		TEST(a_message_that_faults_is_a_gap),
		TEST(a_list_without_an_end_is_a_gap),
		TEST(more_messages_than_are_looked_at_are_a_gap),
		TEST(more_gpadls_than_are_looked_at_are_a_gap),
		TEST(without_the_list_what_the_probes_wait_for_is_a_gap),
	};

	return cmocka_run_group_tests_name("messages under way", tests, NULL,
					   NULL);
}
