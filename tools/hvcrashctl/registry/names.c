// SPDX-License-Identifier: GPL-2.0-only
/*
 * names.c - words for the numbers of the registry, as tables
 *
 * Called by audit and by everything that shows something. A number from a
 * newer module is past the end of its table and stays unknown.
 */
#include <stdio.h>
#include <string.h>

#include "hvcrash_abi.h"
#include "registry/names.h"

static const char *const kinds[] = {
	[HVCRASH_KIND_SIMP] = "SIMP",
	[HVCRASH_KIND_SIEFP] = "SIEFP",
	[HVCRASH_KIND_VP_ASSIST] = "VP assist",
	[HVCRASH_KIND_HYPERCALL] = "hypercall",
	[HVCRASH_KIND_REFERENCE_TSC] = "reference TSC",
	[HVCRASH_KIND_VMBUS_INTERRUPT] = "VMBus interrupt",
	[HVCRASH_KIND_VMBUS_MONITOR] = "VMBus monitor",
	[HVCRASH_KIND_GPADL] = "GPADL",
	[HVCRASH_KIND_PANIC_MESSAGE] = "panic message",
	[HVCRASH_KIND_DRIVER] = "driver",
};

/* TLFS: "Synthetic Interrupt Controller", "Virtual Processor Assist Page" */
static const char *const kind_helps[] = {
	[HVCRASH_KIND_SIMP] =
		"page in which the hypervisor posts messages to a VP",
	[HVCRASH_KIND_SIEFP] =
		"page in which the hypervisor sets event flags of a VP",
	[HVCRASH_KIND_VP_ASSIST] =
		"page that a VP and the hypervisor share for speed",
	[HVCRASH_KIND_HYPERCALL] =
		"page through which the guest calls the hypervisor",
	[HVCRASH_KIND_REFERENCE_TSC] =
		"page with the hypervisor's clock, for the whole VM",
	[HVCRASH_KIND_VMBUS_INTERRUPT] =
		"page in which the host marks channels that need attention",
	[HVCRASH_KIND_VMBUS_MONITOR] =
		"page by which guest and host tell each other of new data",
	[HVCRASH_KIND_GPADL] =
		"memory that a device of the host reads and writes: buffers and rings",
	[HVCRASH_KIND_DRIVER] = "memory that a driver registered itself",
};

static const char *const states[] = {
	[HVCRASH_EMPTY] = "empty",
	[HVCRASH_BUSY] = "busy",
	[HVCRASH_SHARED] = "shared",
	[HVCRASH_TORN_DOWN] = "torn down",
	[HVCRASH_REVOKED] = "revoked",
	[HVCRASH_UNLOADED] = "unloaded",
	[HVCRASH_FAILED] = "failed",
	[HVCRASH_NOT_REACHED] = "not reached",
	[HVCRASH_REVOKED_LATE] = "revoked late",
};

static const char *const evidences[] = {
	[HVCRASH_EV_NONE] = "none",
	[HVCRASH_EV_REGISTER_ON] = "register on",
	[HVCRASH_EV_MESSAGE_SENT] = "message sent",
	[HVCRASH_EV_GPADL_CREATED] = "GPADL created",
	[HVCRASH_EV_GPADL_TORNDOWN] = "GPADL torn down",
	[HVCRASH_EV_READ_BACK] = "read back",
	[HVCRASH_EV_FOUND_OFF] = "found off",
	[HVCRASH_EV_UNLOAD_ANSWERED] = "UNLOAD answered",
	[HVCRASH_EV_UNLOAD_TIMEOUT] = "UNLOAD timeout",
	[HVCRASH_EV_NO_ANSWER] = "no answer",
	[HVCRASH_EV_RELID_RELEASED] = "relid released",
	[HVCRASH_EV_FOUND] = "found at load",
	[HVCRASH_EV_DRIVER] = "driver says",
};

static const char *const phases[] = {
	[HVCRASH_PHASE_LIVE] = "live",
	[HVCRASH_PHASE_CRASHING] = "crashing",
	[HVCRASH_PHASE_FINISHED] = "finished",
};

static const char *const unloads[] = {
	[HVCRASH_UNLOAD_UNKNOWN] = "not known",
	[HVCRASH_UNLOAD_ANSWERED] = "answered",
	[HVCRASH_UNLOAD_TIMEOUT] = "no answer",
	[HVCRASH_UNLOAD_NONE] = "not connected",
	[HVCRASH_UNLOAD_NO_WAY] = "no way to unload",
};

static const char *const vp_states[] = {
	[HVCRASH_VP_ABSENT] = "absent",
	[HVCRASH_VP_ONLINE] = "online",
	[HVCRASH_VP_OFFLINE] = "offline",
	[HVCRASH_VP_REVOKED] = "revoked",
	[HVCRASH_VP_NOT_REACHED] = "not reached",
};

/* As in include/linux/hyperv.h */
static const struct {
	const char *guid;
	const char *name;
} device_classes[] = {
	{ "f8615163-df3e-46c5-913f-f2d2f965ed0e", "network" },
	{ "32412632-86cb-44a2-9b5c-50d1417354f5", "IDE" },
	{ "ba6163d9-04a1-4d29-b605-72e2ffb1dc7f", "SCSI" },
	{ "0e0b6031-5213-4934-818b-38d90ced39db", "shutdown" },
	{ "9527e630-d0ae-497b-adce-e80ab0175caf", "time sync" },
	{ "57164f39-9115-4e78-ab55-382f3bd5422d", "heartbeat" },
	{ "a9a0f4e7-5a45-4d96-b827-8a841e8c03e6", "KVP" },
	{ "525074dc-8985-46e2-8057-a307dc18a502", "balloon" },
	{ "cfa8b69e-5b4a-4cc0-b98b-8ba1a1f3f95a", "mouse" },
	{ "f912ad6d-2b17-48ea-bd65-f927a61c7684", "keyboard" },
	{ "35fa2e29-ea23-4236-96ae-3a6ebacba440", "VSS" },
	{ "da0a7802-e377-4aac-8e77-0558eb1073f8", "video" },
	{ "2f9bcc4a-0069-4af3-b76b-6fd0be528cda", "fibre channel" },
	{ "34d14be3-dee4-41c8-9ae7-6b174977c192", "file copy" },
	{ "8c2eaf3d-32a7-4b09-ab99-bd1f1c86b501", "network direct" },
	{ "44c4f61d-4444-4400-9d52-802e27ede19f", "PCI" },
};

#define NAME_OF(table, number) \
	((number) < sizeof(table) / sizeof((table)[0]) ? (table)[number] : NULL)

const char *names_kind(__u32 kind)
{
	return NAME_OF(kinds, kind);
}

const char *names_kind_help(__u32 kind)
{
	return NAME_OF(kind_helps, kind);
}

const char *names_state(__u32 state)
{
	return NAME_OF(states, state);
}

const char *names_evidence(__u32 evidence)
{
	return NAME_OF(evidences, evidence);
}

const char *names_phase(__u32 phase)
{
	return NAME_OF(phases, phase);
}

const char *names_unload(__u32 unload)
{
	return NAME_OF(unloads, unload);
}

const char *names_vp_state(__u32 state)
{
	return NAME_OF(vp_states, state);
}

const char *names_device_class(const __u8 guid[16])
{
	size_t count = sizeof(device_classes) / sizeof(device_classes[0]);
	char text[NAMES_GUID_BYTES];

	names_guid(guid, text);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(device_classes[i].guid, text))
			return device_classes[i].name;
	return NULL;
}

const char *names_or_number(const char *name, __u32 number, char *buf,
			    size_t bytes)
{
	if (name)
		return name;
	snprintf(buf, bytes, "unknown (%u)", number);
	return buf;
}

/*
 * The dump's bytes reach a terminal, so they must not contain escape sequences
 */
void names_clean_string(const char *field, size_t field_bytes, char *buf,
			size_t bytes)
{
	size_t i;

	for (i = 0; i < field_bytes && i + 1 < bytes && field[i]; i++)
		buf[i] = field[i] >= ' ' && field[i] <= '~' ? field[i] : '?';
	buf[i] = '\0';
	if (!i)
		snprintf(buf, bytes, "unknown");
}

/* Stored as Windows does: the first three fields are little-endian */
void names_guid(const __u8 guid[16], char buf[NAMES_GUID_BYTES])
{
	snprintf(
		buf, NAMES_GUID_BYTES,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		guid[3], guid[2], guid[1], guid[0], guid[5], guid[4], guid[7],
		guid[6], guid[8], guid[9], guid[10], guid[11], guid[12],
		guid[13], guid[14], guid[15]);
}
