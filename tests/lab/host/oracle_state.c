// SPDX-License-Identifier: GPL-2.0-only
/*
 * oracle_state.c - the oracle's answer to "state": everything that the host
 * knows
 */
#include "vmbus.h"
#include "device.h"

typedef unsigned long long ull;

static const char *word(bool is)
{
	return is ? "true" : "false";
}

static void overlay_json(u32 vp, enum overlay_kind kind, u64 gpa,
			 const char **comma)
{
	put("%s{\"kind\":\"%s\",", *comma, overlay_name(kind));
	if (kind < OVERLAYS_OF_VP)
		put("\"vp\":%u,\"vp_index\":%u,", vp, hv_vp_index(vp));
	else
		put("\"vp\":null,\"vp_index\":null,");
	put("\"gpa\":\"%#llx\",\"pfn\":%llu", (ull)gpa, (ull)gpa / HV_PAGE);
	*comma = ",";
}

static void overlays_json(void)
{
	const char *comma = "";
	struct overlay *o;

	for (u32 vp = 0; vp < host.vps; vp++)
		for (u32 kind = 0; kind < OVERLAY_KINDS; kind++) {
			o = overlay_of(vp, kind);
			if (!o->on || (kind >= OVERLAYS_OF_VP && vp))
				continue;
			overlay_json(vp, kind, o->gpa, &comma);
			put(",\"register\":\"%#llx\",\"shown\":%s,\"kernel\":%u}",
			    (ull)o->value, word(o->shown), o->kernel);
		}
}

static void overlays_at_unload_json(void)
{
	const char *comma = "";
	struct overlay_place *o = host.overlays_at_unload;

	for (u32 i = 0; i < host.nr_overlays_at_unload; i++, o++) {
		overlay_json(o->vp, o->kind, o->gpa, &comma);
		put("}");
	}
}

static void vp_counts_json(const struct vp *vp)
{
	put("\"hypercalls\":%llu,\"register_exits\":%llu,\"overlay_exits\":%llu,"
	    "\"exits\":{\"all\":%llu",
	    (ull)vp->hypercalls, (ull)vp->register_exits,
	    (ull)vp->overlay_exits, (ull)vp->exits);
	for (u32 i = 0; i < EXIT_WORDS && vp->exit[i].why; i++)
		put(",\"%s\":%llu", vp->exit[i].why, (ull)vp->exit[i].count);
	put("}");
}

static void vp_json(u32 n)
{
	struct vp *vp = &host.vp[n];

	put("%s{\"vp\":%u,\"vp_index\":%u,\"started\":%s,\"scontrol\":\"%#llx\"",
	    n ? "," : "", n, hv_vp_index(n), word(vp->started),
	    (ull)vp->scontrol);
	for (u32 kind = 0; kind < OVERLAYS_OF_VP; kind++)
		put(",\"%s\":\"%#llx\"", overlay_name(kind),
		    (ull)vp->overlay[kind].value);
	put(",\"sints\":[");
	for (u32 i = 0; i < HV_SINTS; i++)
		put("%s\"%#llx\"", i ? "," : "", (ull)vp->sint[i]);
	put("],\"queued\":[");
	for (u32 i = 0; i < HV_SINTS; i++)
		put("%s%u", i ? "," : "", vp->queue[i].length);
	put("],\"timers\":[");
	for (u32 i = 0; i < HV_TIMERS; i++)
		put("%s{\"config\":\"%#llx\",\"count\":\"%#llx\",\"armed\":%s}",
		    i ? "," : "", (ull)vp->timer[i].config,
		    (ull)vp->timer[i].count, word(vp->timer[i].armed));
	put("],");
	vp_counts_json(vp);
	put("}");
}

static void channels_json(void)
{
	const char *comma = "";
	struct channel *c;

	for (c = vmbus.channel; c < vmbus.channel + MAX_CHANNELS; c++) {
		if (!c->relid)
			continue;
		put("%s{\"relid\":%u,\"device\":\"%s\",\"sub_channel\":%u,\"offered\":%s,\"open\":%s,\"rescinded\":%s,\"reserved\":%s,\"broken\":%s,",
		    comma, c->relid, c->device->name, c->sub_channel,
		    word(c->offered), word(c->open), word(c->rescinded),
		    word(c->reserved), word(c->broken));
		put("\"target_vp\":%u,\"ring_gpadl\":%u,\"packets_in\":%llu,\"packets_out\":%llu}",
		    c->target_vp, c->ring_gpadl, (ull)c->packets_in,
		    (ull)c->packets_out);
		comma = ",";
	}
}

static void vmbus_json(void)
{
	put("\"vmbus\":{\"connected\":%s,\"unloading\":%s,\"version\":\"%u.%u\",\"target_vp\":%u,\"sint\":%u,\"connection\":%u,",
	    word(vmbus.connected), word(vmbus.unloading), vmbus.version >> 16,
	    vmbus.version & 0xffff, vmbus.target_vp, vmbus.sint,
	    vmbus.connection);
	put("\"balloon_pages\":%llu,\"hot_added\":%s,",
	    (ull)vmbus.balloon.pages, word(vmbus.balloon.added));
	put("\"contacts\":%u,\"unloads\":%u,\"messages\":%u,\"channels\":[",
	    vmbus.contacts, vmbus.unloads, vmbus.messages);
	channels_json();
	put("]}");
}

static void crash_json(void)
{
	put("\"crashes\":%llu,\"crash_ctl\":\"%#llx\",\"crash\":[",
	    (ull)host.crashes, (ull)host.crash_ctl);
	for (u32 i = 0; i < 5; i++)
		put("%s\"%#llx\"", i ? "," : "", (ull)host.crash[i]);
	put("],");
}

void oracle_state(void)
{
	put("{\"time\":%llu,\"kernel\":%u,\"guest_os_id\":\"%#llx\",\"hypercall\":\"%#llx\",\"reference_tsc\":\"%#llx\",",
	    (ull)platform_time(), this_kernel(), (ull)host.guest_os_id,
	    (ull)overlay_of(0, OVERLAY_HYPERCALL)->value,
	    (ull)overlay_of(0, OVERLAY_REFERENCE_TSC)->value);
	crash_json();
	put("\"violations\":%llu,\"messages_dropped\":%llu,\"events_dropped\":%llu,\"overlays\":[",
	    (ull)host.violations, (ull)host.messages_dropped,
	    (ull)host.events_dropped);
	overlays_json();
	put("],\"ledger\":[");
	ledger_json(false);
	put("],\"overlays_at_unload\":[");
	overlays_at_unload_json();
	put("],\"ledger_at_unload\":[");
	ledger_json(true);
	put("],\"vps\":[");
	for (u32 n = 0; n < host.vps; n++)
		vp_json(n);
	put("],");
	vmbus_json();
	put("}\n");
}
