// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_cost.c - the registry's cost per extent, beside other structures
 *
 * Called by bench/run: registry_cost EXTENTS PER-OWNER ROUNDS. The module's own
 * sources, built in user space as tests/unit builds them, against a red-black
 * tree of the same records (libbsd's, built like the kernel's: nodes inside
 * records) and a sorted array of them. Both are sorted by owner, then by
 * address, since a teardown names an owner, not an address.
 *
 * Owners come in the order in which the kernel counts up their handles, and are
 * looked up and retired in any order; addresses are scattered. Prints a line
 * for each round and structure: its name, nanoseconds of CPU per extent of
 * publish, lookup, walk and retire, bytes per extent.
 *
 * Not measured: neither of the others can be walked after a writer was stopped
 * at an arbitrary instruction, which is why the registry uses neither.
 */
#include <bsd/sys/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "registry.h"

/*
 * Publishes in a round, repeated until there are this many, so that one can be
 * measured
 */
#define LEAST_PUBLISHES 200000

/* A million shared pages are 4 GiB: for a guest of 16 GiB */
#define RAM_PAGES (16ULL << 30 >> 12)

/* The shim of <linux/gfp.h> counts allocations for the unit tests */
int shim_allocations_left = -1;
u64 shim_freed_word;

static u32 nr_extents, per_owner, nr_owners;
static u32 *any_order;
static volatile u64 sink;

/**
 * struct store - one way to keep the extents
 * @name: its name in the output
 * @create, @destroy: called before and after a round
 * @publish: adds an extent
 * @lookup: visits the extents of an owner
 * @retire: drops them
 * @walk: visits all extents
 * @bytes: its memory
 */
struct store {
	const char *name;
	void (*create)(void);
	void (*destroy)(void);
	void (*publish)(u32 gpadl, u64 gpa);
	void (*lookup)(u32 gpadl);
	void (*retire)(u32 gpadl);
	void (*walk)(void);
	size_t (*bytes)(void);
};

static void die(const char *what)
{
	fprintf(stderr, "registry_cost: %s\n", what);
	exit(1);
}

static bool visit(struct hvcrash_extent *e, void *ctx)
{
	u64 *sum = ctx;

	*sum += e->state == HVCRASH_SHARED ? e->gpa : 0;
	return true;
}

/* The registry */

static struct hvcrash_registry reg;

static void reg_create(void)
{
	if (hvcrash_registry_init(&reg, 4, RAM_PAGES))
		die("no registry");
}

static void reg_destroy(void)
{
	hvcrash_registry_deinit(&reg);
}

static void reg_publish(u32 gpadl, u64 gpa)
{
	struct hvcrash_owner owner = { HVCRASH_KIND_GPADL, gpadl, 1 };

	if (!hvcrash_registry_publish(&reg, &owner, gpa, 1,
				      HVCRASH_EV_MESSAGE_SENT, 0))
		return;
	/* In the module a worker does this ahead of time; here it counts, as the growth of the others does */
	if (hvcrash_registry_reserve(&reg, 1) ||
	    hvcrash_registry_publish(&reg, &owner, gpa, 1,
				     HVCRASH_EV_MESSAGE_SENT, 0))
		die("the registry is full");
}

static void reg_lookup(u32 gpadl)
{
	struct hvcrash_owner owner = { HVCRASH_KIND_GPADL, gpadl, 1 };

	hvcrash_registry_prove(&reg, &owner, HVCRASH_EV_GPADL_CREATED);
}

static void reg_retire(u32 gpadl)
{
	struct hvcrash_owner owner = { HVCRASH_KIND_GPADL, gpadl, 1 };

	if (!hvcrash_registry_retire(&reg, &owner, HVCRASH_EV_GPADL_TORNDOWN))
		die("an owner without extents");
}

static void reg_walk(void)
{
	u64 sum = 0;

	hvcrash_registry_for_each(&reg, visit, &sum);
	sink += sum;
}

static size_t reg_bytes(void)
{
	return sizeof(reg) + sizeof(*reg.header) +
	       (sizeof(*reg.bucket) << reg.bucket_bits) +
	       (size_t)reg.header->nr_chunks * HVCRASH_CHUNK_BYTES;
}

/* A red-black tree, a record in each node */

struct node {
	struct hvcrash_extent extent;
	RB_ENTRY(node) entry;
};

static int compare(const struct hvcrash_extent *a,
		   const struct hvcrash_extent *b)
{
	if (a->gpadl != b->gpadl)
		return a->gpadl < b->gpadl ? -1 : 1;
	return (a->gpa > b->gpa) - (a->gpa < b->gpa);
}

static int compare_nodes(struct node *a, struct node *b)
{
	return compare(&a->extent, &b->extent);
}

RB_HEAD(nodes, node);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
RB_GENERATE_INTERNAL(nodes, node, entry, compare_nodes, static)
#pragma GCC diagnostic pop

static struct nodes nodes;
static size_t nr_nodes;

static void fill(struct hvcrash_extent *e, u32 gpadl, u64 gpa)
{
	memset(e, 0, sizeof(*e));
	e->kind = HVCRASH_KIND_GPADL;
	e->state = HVCRASH_SHARED;
	e->evidence = HVCRASH_EV_MESSAGE_SENT;
	e->gpadl = gpadl;
	e->gpa = gpa;
	e->pages = 1;
}

static void tree_create(void)
{
	RB_INIT(&nodes);
	nr_nodes = 0;
}

static void tree_destroy(void)
{
	struct node *node;

	while ((node = RB_ROOT(&nodes))) {
		RB_REMOVE(nodes, &nodes, node);
		free(node);
	}
}

static void tree_publish(u32 gpadl, u64 gpa)
{
	struct node *node = malloc(sizeof(*node));

	if (!node)
		die("out of memory");
	fill(&node->extent, gpadl, gpa);
	RB_INSERT(nodes, &nodes, node);
	nr_nodes++;
}

static struct node *tree_first(u32 gpadl)
{
	struct node key = { .extent = { .gpadl = gpadl } };

	return RB_NFIND(nodes, &nodes, &key);
}

static void tree_lookup(u32 gpadl)
{
	struct node *node = tree_first(gpadl);

	for (; node && node->extent.gpadl == gpadl;
	     node = RB_NEXT(nodes, &nodes, node))
		node->extent.evidence = HVCRASH_EV_GPADL_CREATED;
}

static void tree_retire(u32 gpadl)
{
	struct node *node = tree_first(gpadl), *next;

	for (; node && node->extent.gpadl == gpadl; node = next) {
		next = RB_NEXT(nodes, &nodes, node);
		RB_REMOVE(nodes, &nodes, node);
		free(node);
		nr_nodes--;
	}
}

static void tree_walk(void)
{
	struct node *node;
	u64 sum = 0;

	RB_FOREACH(node, nodes, &nodes)
	visit(&node->extent, &sum);
	sink += sum;
}

/* malloc() stores a word with each */
static size_t tree_bytes(void)
{
	return nr_nodes * (sizeof(struct node) + sizeof(size_t));
}

/* A sorted array, which doubles when it is full */

static struct hvcrash_extent *array;
static size_t nr_array, room;

static void array_create(void)
{
	room = 4096;
	nr_array = 0;
	array = malloc(room * sizeof(*array));
	if (!array)
		die("out of memory");
}

static void array_destroy(void)
{
	free(array);
}

/* The first record that is not below the key */
static size_t array_find(u32 gpadl, u64 gpa)
{
	struct hvcrash_extent key = { .gpadl = gpadl, .gpa = gpa };
	size_t low = 0, high = nr_array;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&array[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void array_publish(u32 gpadl, u64 gpa)
{
	size_t at = array_find(gpadl, gpa);

	if (nr_array == room) {
		room *= 2;
		array = realloc(array, room * sizeof(*array));
		if (!array)
			die("out of memory");
	}
	memmove(array + at + 1, array + at, (nr_array - at) * sizeof(*array));
	fill(&array[at], gpadl, gpa);
	nr_array++;
}

static void array_lookup(u32 gpadl)
{
	for (size_t i = array_find(gpadl, 0);
	     i < nr_array && array[i].gpadl == gpadl; i++)
		array[i].evidence = HVCRASH_EV_GPADL_CREATED;
}

static void array_retire(u32 gpadl)
{
	size_t first = array_find(gpadl, 0);
	size_t end = array_find(gpadl + 1, 0);

	memmove(array + first, array + end, (nr_array - end) * sizeof(*array));
	nr_array -= end - first;
}

static void array_walk(void)
{
	u64 sum = 0;

	for (size_t i = 0; i < nr_array; i++)
		visit(&array[i], &sum);
	sink += sum;
}

static size_t array_bytes(void)
{
	return room * sizeof(*array);
}

static const struct store stores[] = {
	{ "registry", reg_create, reg_destroy, reg_publish, reg_lookup,
	  reg_retire, reg_walk, reg_bytes },
	{ "tree", tree_create, tree_destroy, tree_publish, tree_lookup,
	  tree_retire, tree_walk, tree_bytes },
	{ "array", array_create, array_destroy, array_publish, array_lookup,
	  array_retire, array_walk, array_bytes },
};

static u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
}

/* Not 0, which is not a handle */
static u32 handle_of(u32 owner)
{
	return 0xe1e10 + owner;
}

static void shuffle(void)
{
	any_order = malloc(nr_owners * sizeof(*any_order));
	if (!any_order)
		die("out of memory");
	for (u32 i = 0; i < nr_owners; i++)
		any_order[i] = i;
	srand(1);
	for (u32 i = nr_owners - 1; i > 0; i--) {
		u32 other = (u32)rand() % (i + 1), kept = any_order[i];

		any_order[i] = any_order[other];
		any_order[other] = kept;
	}
}

enum { PUBLISH, LOOKUP, WALK, RETIRE, NR_STEPS };

static void run(const struct store *store, u64 ns[NR_STEPS], size_t *ret_bytes)
{
	u64 begin = now_ns();

	/* 2654435761 is odd: all 2^32 pages are different */
	for (u32 i = 0; i < nr_extents; i++)
		store->publish(handle_of(i / per_owner), (u64)(i * 2654435761U)
								 << 12);
	ns[PUBLISH] += now_ns() - begin;
	*ret_bytes = store->bytes();
	begin = now_ns();
	for (u32 i = 0; i < nr_owners; i++)
		store->lookup(handle_of(any_order[i]));
	ns[LOOKUP] += now_ns() - begin;
	begin = now_ns();
	store->walk();
	ns[WALK] += now_ns() - begin;
	begin = now_ns();
	for (u32 i = 0; i < nr_owners; i++)
		store->retire(handle_of(any_order[i]));
	ns[RETIRE] += now_ns() - begin;
}

static void measure(const struct store *store, u32 repetitions)
{
	double all = (double)repetitions * nr_extents;
	u64 ns[NR_STEPS] = { 0 };
	size_t bytes = 0;

	store->create();
	for (u32 i = 0; i < repetitions; i++)
		run(store, ns, &bytes);
	printf("%s", store->name);
	for (int i = 0; i < NR_STEPS; i++)
		printf(" %.2f", (double)ns[i] / all);
	printf(" %.1f\n", (double)bytes / nr_extents);
	store->destroy();
}

int main(int argc, char **argv)
{
	u32 repetitions;
	int rounds;

	if (argc != 4)
		die("usage: registry_cost EXTENTS PER-OWNER ROUNDS");
	nr_extents = (u32)strtoul(argv[1], NULL, 0);
	per_owner = (u32)strtoul(argv[2], NULL, 0);
	rounds = atoi(argv[3]);
	if (!nr_extents || !per_owner)
		die("no extents");
	nr_owners = (nr_extents + per_owner - 1) / per_owner;
	repetitions = (LEAST_PUBLISHES + nr_extents - 1) / nr_extents;
	shuffle();
	for (int i = 0; i < rounds; i++)
		for (size_t s = 0; s < sizeof(stores) / sizeof(stores[0]); s++)
			measure(&stores[s], repetitions);
	free(any_order);
	return 0;
}
