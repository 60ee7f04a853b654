// SPDX-License-Identifier: GPL-2.0-only
/*
 * ledger.c - the ledger of all pages that the guest shares
 *
 * Its state when UNLOAD came is kept for the oracle, for comparison with the
 * dump's registry. A guest whose CPUs still run may tear down some GPADLs after
 * UNLOAD, before everything is released; its registry then says "torn down".
 */
#include "vmbus.h"

struct gpadl *ledger_find(u32 relid, u32 id)
{
	struct gpadl *g = vmbus.gpadls;

	while (g && (g->id != id || g->relid != relid))
		g = g->next;
	return g;
}

/* A GPADL's body messages do not name the channel. */
static struct gpadl *find_begun(u32 id)
{
	struct gpadl *g = vmbus.gpadls;

	while (g && (g->id != id || !g->raw))
		g = g->next;
	return g;
}

static void destroy(struct gpadl *g)
{
	platform_free(g->raw);
	platform_free(g->pfns);
	platform_free(g);
}

static void drop(struct gpadl *gone)
{
	struct gpadl **at = &vmbus.gpadls;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	vmbus.nr_gpadls--;
	vmbus.gpadl_pages -= gone->bytes / sizeof(u64);
	if (!gone->at_unload) {
		destroy(gone);
		return;
	}
	gone->next = vmbus.unloaded;
	vmbus.unloaded = gone;
}

u8 *ledger_page(const struct gpadl *g, u32 page)
{
	return page < g->pages ?
		       platform_guest(g->pfns[page] * HV_PAGE, HV_PAGE) :
		       NULL;
}

/*
 * Turns the ranges that have arrived so far into a list of pages. False: they
 * are invalid.
 */
static bool read_ranges(struct gpadl *g)
{
	u32 at = 0, bytes, offset;
	u64 pages, pfn;

	g->pages = 0;
	for (u32 range = 0; range < g->ranges; range++) {
		if (g->filled - at < 8)
			return false;
		bytes = get32(g->raw + at);
		offset = get32(g->raw + at + 4);
		at += 8;
		pages = (offset + (u64)bytes + HV_PAGE - 1) / HV_PAGE;
		if (!bytes || offset >= HV_PAGE || pages > (g->bytes - at) / 8)
			return false;
		for (; pages; pages--, at += 8) {
			if (g->filled - at < 8)
				return false;
			pfn = get64(g->raw + at);
			if (pfn >> 40 ||
			    !platform_beneath(pfn * HV_PAGE, HV_PAGE))
				return false;
			g->pfns[g->pages++] = pfn;
		}
	}
	return at == g->bytes && g->pages;
}

static void complete(struct gpadl *g)
{
	u32 status = NTSTATUS_OK;

	if (!read_ranges(g)) {
		violation("vmbus: GPADL %#x: its ranges are invalid", g->id);
		status = NTSTATUS_INVALID_PARAMETER;
	} else if (options.refuse_gpadl && !--options.refuse_gpadl) {
		status = NTSTATUS_NO_RESOURCES;
	}
	platform_free(g->raw);
	g->raw = NULL;
	say("vmbus: GPADL %#x of channel %u: %u pages%s", g->id, g->relid,
	    g->pages, status ? ", refused" : "");
	ANSWER(GPADL_CREATED, g->relid, g->id, status);
	if (status)
		drop(g);
}

static void fill(struct gpadl *g, const u8 *from, u32 bytes)
{
	bytes = (u32)earlier(bytes, g->bytes - g->filled);
	memcpy(g->raw + g->filled, from, bytes);
	g->filled += bytes;
	if (g->filled == g->bytes)
		complete(g);
}

static struct gpadl *create(u32 relid, u32 id, u32 bytes, u32 ranges)
{
	struct gpadl *g;

	if (vmbus.nr_gpadls >= MAX_GPADLS ||
	    vmbus.gpadl_pages + bytes / sizeof(u64) > MAX_GPADL_PAGES)
		return NULL;
	g = platform_alloc(sizeof(*g));
	if (!g)
		return NULL;
	*g = (struct gpadl){
		.id = id,
		.relid = relid,
		.bytes = bytes,
		.ranges = ranges,
		.kernel = this_kernel(),
		.raw = platform_alloc(bytes),
		.pfns = platform_alloc(bytes),
		.next = vmbus.gpadls,
	};
	if (!g->raw || !g->pfns) {
		destroy(g);
		return NULL;
	}
	vmbus.gpadls = g;
	vmbus.nr_gpadls++;
	vmbus.gpadl_pages += bytes / sizeof(u64);
	return g;
}

/* Channel, number, bytes of all ranges, number of ranges, the first ranges */
void ledger_begin(const u8 *m, u32 bytes)
{
	u32 relid = get32(m + 8), id = get32(m + 12);
	struct gpadl *g;

	if (ledger_find(relid, id) || find_begun(id)) {
		violation("vmbus: GPADL %#x exists already", id);
		return;
	}
	if (!channel_of(relid))
		violation(
			"vmbus: GPADL %#x of channel %u, which does not exist",
			id, relid);
	g = channel_of(relid) && get16(m + 16) ?
		    create(relid, id, get16(m + 16), get16(m + 18)) :
		    NULL;
	if (!g) {
		say("vmbus: no room for GPADL %#x of channel %u", id, relid);
		ANSWER(GPADL_CREATED, relid, id, NTSTATUS_NO_RESOURCES);
		return;
	}
	fill(g, m + 20, bytes - 20);
}

void ledger_go_on(const u8 *m, u32 bytes)
{
	struct gpadl *g = find_begun(get32(m + 12));

	if (!g)
		violation("vmbus: GPADL %#x: a body without a header",
			  get32(m + 12));
	else
		fill(g, m + 16, bytes - 16);
}

void ledger_teardown(const u8 *m)
{
	u32 id = get32(m + 12);
	struct gpadl *g = ledger_find(get32(m + 8), id);

	if (!g) {
		violation("vmbus: GPADL %#x, to be torn down, does not exist",
			  id);
		return;
	}
	if (channel_is_ring(g)) {
		violation("vmbus: GPADL %#x is the ring of an open channel",
			  id);
		return;
	}
	say("vmbus: GPADL %#x is torn down", id);
	g->given_back = true;
	drop(g);
	ANSWER(GPADL_TORNDOWN, id);
}

void ledger_drop_channel(u32 relid)
{
	struct gpadl *g, *next;

	for (g = vmbus.gpadls; g; g = next) {
		next = g->next;
		if (g->relid != relid)
			continue;
		say("vmbus: GPADL %#x goes with its channel", g->id);
		g->given_back = true;
		drop(g);
	}
}

/* All except those of reserved channels */
void ledger_let_go(void)
{
	struct gpadl *g, *next;
	struct channel *c;

	for (g = vmbus.gpadls; g; g = next) {
		next = g->next;
		c = channel_of(g->relid);
		if (!c || !c->reserved)
			drop(g);
	}
}

void ledger_snapshot(void)
{
	struct gpadl *g;

	while ((g = vmbus.unloaded)) {
		vmbus.unloaded = g->next;
		destroy(g);
	}
	for (g = vmbus.gpadls; g; g = g->next)
		g->at_unload = true;
	memcpy(vmbus.monitor_at_unload, vmbus.monitor, sizeof(vmbus.monitor));
	vmbus.interrupt_page_at_unload = vmbus.interrupt_page;
}

static void page_json(const char *kind, u64 gpa, const char **comma)
{
	if (!gpa)
		return;
	put("%s{\"kind\":\"%s\",\"channel\":0,\"gpadl\":0,\"kernel\":%u,\"complete\":true,\"pages\":[[%llu,1]]}",
	    *comma, kind, vmbus.kernel, (unsigned long long)(gpa / HV_PAGE));
	*comma = ",";
}

/* Consecutive pages form one range: [first, number] */
static void ranges_json(const struct gpadl *g)
{
	u32 i = 0, n;

	for (; i < g->pages; i += n) {
		for (n = 1; i + n < g->pages; n++)
			if (g->pfns[i + n] != g->pfns[i] + n)
				break;
		put("%s[%llu,%u]", i ? "," : "", (unsigned long long)g->pfns[i],
		    n);
	}
}

/* For an incomplete one: the pages that the guest has sent so far */
static void gpadl_json(struct gpadl *g, const char **comma)
{
	if (g->raw)
		read_ranges(g);
	put("%s{\"kind\":\"%s\",\"channel\":%u,\"gpadl\":%u,\"kernel\":%u,\"complete\":%s,\"given_back\":%s,\"pages\":[",
	    *comma, g->is_ring ? "ring" : "gpadl", g->relid, g->id, g->kernel,
	    g->raw ? "false" : "true", g->given_back ? "true" : "false");
	ranges_json(g);
	put("]}");
	*comma = ",";
}

void ledger_json(bool at_unload)
{
	const u64 *monitor =
		at_unload ? vmbus.monitor_at_unload : vmbus.monitor;
	const char *comma = "";
	struct gpadl *g;

	page_json("monitor", monitor[0], &comma);
	page_json("monitor", monitor[1], &comma);
	page_json("interrupt",
		  at_unload ? vmbus.interrupt_page_at_unload :
			      vmbus.interrupt_page,
		  &comma);
	for (g = vmbus.gpadls; g; g = g->next)
		if (!at_unload || g->at_unload)
			gpadl_json(g, &comma);
	for (g = at_unload ? vmbus.unloaded : NULL; g; g = g->next)
		gpadl_json(g, &comma);
}
