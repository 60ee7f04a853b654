// SPDX-License-Identifier: GPL-2.0-only
/* channels.c - channels: offered, opened, signalled, rescinded, released */
#include "vmbus.h"
#include "device.h"

/* The most packets of a channel in one call; the rest waits for the next */
#define PACKETS_AT_ONCE 64
/*
 * The most room that the answers to one packet take, and when to look for it
 * again
 */
#define ANSWER_BYTES 1024
#define LATER HV_MILLISECOND

struct channel *channel_of(u32 relid)
{
	struct channel *c;

	if (!relid || relid > MAX_CHANNELS)
		return NULL;
	c = &vmbus.channel[relid - 1];
	return c->offered ? c : NULL;
}

/* Whether g is the rings of an open channel rather than a buffer */
bool channel_is_ring(const struct gpadl *g)
{
	struct channel *c = channel_of(g->relid);

	return c && c->open && c->ring_gpadl == g->id;
}

/*
 * A channel of a device. The relid of a device's first channel is its place in
 * the table, so that it is the same in each run.
 */
struct channel *channel_add(const struct device *device, u16 sub_channel)
{
	struct channel *c = NULL;
	u32 n = 0;

	while (n < nr_devices && devices[n] != device)
		n++;
	if (!sub_channel && !vmbus.channel[n].relid)
		c = &vmbus.channel[n];
	for (u32 i = nr_devices; !c && i < MAX_CHANNELS; i++)
		if (!vmbus.channel[i].relid)
			c = &vmbus.channel[i];
	if (!c)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->relid = (u32)(c - vmbus.channel) + 1;
	c->device = device;
	c->sub_channel = sub_channel;
	memcpy(c->type, device->type, sizeof(c->type));
	memcpy(c->instance, device->type, sizeof(c->instance));
	put32(c->instance, 0x10000000 + n);
	return c;
}

/* struct vmbus_channel_offer_channel of include/linux/hyperv.h */
void channel_offer(struct channel *c)
{
	u8 m[196] = { 0 };

	put32(m, OFFER_CHANNEL);
	memcpy(m + 8, c->type, 16);
	memcpy(m + 24, c->instance, 16);
	m[56] = (u8)c->device->flags;
	m[57] = (u8)(c->device->flags >> 8);
	put32(m + 60, c->device->pipe_mode);
	m[180] = (u8)c->sub_channel;
	put32(m + 184, c->relid);
	m[188] = 0xff; /* no monitor */
	m[190] = 1;    /* a dedicated interrupt */
	put32(m + 192, CONNECTION_EVENTS + c->relid);
	c->offered = true;
	vmbus_answer(m, sizeof(m));
}

void channels_offer_all(void)
{
	struct channel *c;

	for (u32 i = 0; i < nr_devices; i++) {
		if (!(options.devices >> i & 1) || devices[i]->on_request)
			continue;
		/* The guest that reserved it still holds it */
		if (vmbus.channel[i].relid)
			continue;
		c = channel_add(devices[i], 0);
		if (c)
			channel_offer(c);
	}
	vmbus_answer_words(ALL_OFFERS_DELIVERED, NULL, 0);
}

void channel_offer_subchannels(struct channel *c, u32 n)
{
	struct channel *sub;
	u32 there = 0;

	for (u32 i = 0; i < MAX_CHANNELS; i++)
		there += vmbus.channel[i].relid &&
			 vmbus.channel[i].device == c->device &&
			 !vmbus.channel[i].rescinded &&
			 vmbus.channel[i].sub_channel;
	for (; there < n; there++) {
		sub = channel_add(c->device, (u16)(there + 1));
		if (!sub)
			return;
		channel_offer(sub);
	}
}

/* The guest asked for a service: makes a channel for that connection only */
struct channel *channel_offer_socket(const u8 *service, const u8 *endpoint)
{
	struct channel *c = channel_add(&socket_device, 1);

	if (!c)
		return NULL;
	c->sub_channel = 0;
	memcpy(c->type, service, sizeof(c->type));
	memcpy(c->instance, endpoint, sizeof(c->instance));
	channel_offer(c);
	return c;
}

struct open {
	u32 id, gpadl, vp, downstream;
};

static bool open_channel(struct channel *c, const struct open *open)
{
	struct gpadl *g = c ? ledger_find(c->relid, open->gpadl) : NULL;
	size_t bytes;

	if (!g || c->open || g->raw || g->relid != c->relid ||
	    !vp_of_index(open->vp) || !ring_open(c, g, open->downstream))
		return false;
	bytes = c->device->state_bytes;
	c->state = bytes ? platform_alloc(bytes) : NULL;
	if (bytes && !c->state)
		return false;
	c->open = true;
	c->broken = c->signalled = false;
	c->open_id = open->id;
	c->ring_gpadl = g->id;
	c->target_vp = open->vp;
	return true;
}

static bool open_and_answer(u32 relid, const struct open *open)
{
	struct channel *c = channel_of(relid);
	bool good = open_channel(c, open);

	if (good)
		say("vmbus: %s (channel %u) is open, its interrupts go to VP %u",
		    c->device->name, relid, c->target_vp);
	else
		violation("vmbus: channel %u cannot be opened with GPADL %#x",
			  relid, open->gpadl);
	ANSWER(OPEN_RESULT, relid, open->id,
	       good ? NTSTATUS_OK : NTSTATUS_UNSUCCESSFUL);
	if (good && c->device->opened)
		c->device->opened(c);
	return good;
}

/*
 * Channel, number of the request, GPADL, VP, page at which the other ring
 * begins
 */
void channels_open(const u8 *m)
{
	open_and_answer(get32(m + 8),
			&(struct open){ get32(m + 12), get32(m + 16),
					get32(m + 20), get32(m + 24) });
}

/*
 * A channel that outlives the connection, as firmware uses one (OpenVMM,
 * vmbus_core's protocol.rs): channel, VP, SINT, GPADL, page of the other ring.
 * Its pages stay in the ledger after UNLOAD.
 */
void channels_open_reserved(const u8 *m)
{
	u32 relid = get32(m + 8);

	if (get32(m + 16) >= HV_SINTS) {
		violation("vmbus: channel %u for SINT %u", relid,
			  get32(m + 16));
		return;
	}
	if (open_and_answer(relid,
			    &(struct open){ 0, get32(m + 20), get32(m + 12),
					    get32(m + 24) }))
		channel_of(relid)->reserved = true;
}

static void close_channel(struct channel *c)
{
	if (!c->open)
		return;
	if (c->device->closed)
		c->device->closed(c);
	c->open = false;
	platform_free(c->state);
	c->state = NULL;
}

static void rescind_subchannels(const struct channel *c)
{
	struct channel *sub;

	for (sub = vmbus.channel; sub < vmbus.channel + MAX_CHANNELS; sub++)
		if (sub->relid && sub->sub_channel && !c->sub_channel &&
		    sub->device == c->device)
			channel_rescind(sub->relid);
}

/*
 * Sub-channels go away with the first channel, which offers them anew when it
 * is opened again. Linux waits for that before it hibernates
 * (vmbus_bus_suspend()).
 */
void channels_close(const u8 *m)
{
	struct channel *c = channel_of(get32(m + 8));

	if (!c || !c->open || c->reserved) {
		violation("vmbus: channel %u, to be closed, is not open",
			  get32(m + 8));
		return;
	}
	say("vmbus: %s (channel %u) is closed", c->device->name, c->relid);
	close_channel(c);
	rescind_subchannels(c);
}

/* The guest need not be connected. False: there is no such channel */
bool channels_close_reserved(const u8 *m)
{
	struct channel *c = channel_of(get32(m + 8));
	struct vp *vp = vp_of_index(get32(m + 12));
	u8 answer[12] = { CLOSE_RESERVED_RESPONSE };

	if (!c || !c->open || !c->reserved || !vp || get32(m + 16) >= HV_SINTS)
		return false;
	say("vmbus: %s (channel %u), reserved, is closed", c->device->name,
	    c->relid);
	c->reserved = false;
	close_channel(c);
	if (!vmbus.connected) {
		ledger_drop_channel(c->relid);
		memset(c, 0, sizeof(*c));
	}
	put32(answer + 8, get32(m + 8));
	/* Answers where the message says, since there may be no connection */
	synic_post(vp, get32(m + 16), 1, answer, sizeof(answer), NULL);
	return true;
}

static void remove_channel(struct channel *c)
{
	close_channel(c);
	memset(c, 0, sizeof(*c));
}

/*
 * Releases all pages of the channel, too: if it was rescinded, the guest tears
 * nothing down (Linux: vmbus_teardown_gpadl() skips it).
 */
void channels_released(u32 relid)
{
	struct channel *c = channel_of(relid);

	if (!c) {
		violation("vmbus: released channel %u does not exist", relid);
		return;
	}
	say("vmbus: %s (channel %u) is released", c->device->name, relid);
	remove_channel(c);
	ledger_drop_channel(relid);
}

void channels_modify(const u8 *m)
{
	u32 relid = get32(m + 8), vp = get32(m + 12);
	struct channel *c = channel_of(relid);
	bool good = c && c->open && vp_of_index(vp);

	if (good)
		c->target_vp = vp;
	else
		violation("vmbus: channel %u cannot go to VP %u", relid, vp);
	if (vmbus.version >= VMBUS_VERSION(5, 3))
		ANSWER(MODIFY_CHANNEL_RESPONSE, relid,
		       good ? NTSTATUS_OK : NTSTATUS_UNSUCCESSFUL);
}

/* Its sub-channels are rescinded with it. */
bool channel_rescind(u32 relid)
{
	struct channel *c = channel_of(relid);

	if (!c || c->rescinded)
		return false;
	rescind_subchannels(c);
	c->rescinded = true;
	say("vmbus: %s (channel %u) is rescinded", c->device->name, relid);
	ANSWER(RESCIND_OFFER, relid);
	return true;
}

void channels_let_go(void)
{
	for (u32 i = 0; i < MAX_CHANNELS; i++)
		if (vmbus.channel[i].relid && !vmbus.channel[i].reserved)
			remove_channel(&vmbus.channel[i]);
}

void channel_signal_guest(struct channel *c)
{
	struct vp *vp = vp_of_index(c->target_vp);

	if (vp)
		synic_signal(vp, vmbus.sint, c->relid);
}

/* When to continue: never, if there is no more to read */
static u64 receive(struct channel *c, u64 now)
{
	struct packet p;

	for (u32 i = 0; i < PACKETS_AT_ONCE; i++) {
		if (!ring_has_room(c, ANSWER_BYTES))
			return now + LATER;
		if (!ring_receive(c, &p))
			return HV_NEVER;
		c->packets_in++;
		c->device->packet(c, &p);
		if (!c->open)
			return HV_NEVER;
	}
	return now;
}

bool channels_signalled(u32 relid)
{
	struct channel *c = channel_of(relid);

	if (!c || !c->open)
		return false;
	c->signalled = !options.fast || receive(c, 0) != HV_NEVER;
	if (c->signalled)
		platform_wake();
	return true;
}

u64 channels_run(u64 now)
{
	u64 next = HV_NEVER, again;
	struct channel *c;

	for (c = vmbus.channel; c < vmbus.channel + MAX_CHANNELS; c++) {
		if (!c->open)
			continue;
		if (c->signalled) {
			again = receive(c, now);
			c->signalled = again != HV_NEVER;
			next = earlier(next, again);
		}
		if (c->open && c->device->run)
			next = earlier(next, c->device->run(c, now));
	}
	return next;
}
