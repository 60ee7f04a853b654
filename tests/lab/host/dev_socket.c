// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_socket.c - sockets to the host, which echo
 *
 * The guest asks for a service by its GUID. The answer is the offer of a
 * channel whose type is the service and whose instance is the guest's endpoint
 * (Linux: net/vmw_vsock/hyperv_transport.c). The host echoes what it receives.
 */
#include "device.h"
#include "vmbus.h"

#define PIPE_HEADER 8
#define PIPE_DATA 1
#define MOST_DATA 4096

/* struct vmpipe_proto_header: type, bytes; then the data */
static void socket_packet(struct channel *c, const struct packet *p)
{
	u32 bytes;

	if (p->type != PACKET_INBAND || p->bytes < PIPE_HEADER ||
	    get32(p->payload) != PIPE_DATA)
		return;
	bytes = get32(p->payload + 4);
	if (bytes > MOST_DATA || bytes > p->bytes - PIPE_HEADER) {
		violation(
			"socket (channel %u): %u bytes announced but not sent",
			c->relid, bytes);
		return;
	}
	ring_send_payload(c, p->payload, PIPE_HEADER + bytes);
	/* No more data: the guest has closed its end, so close this one, too */
	if (!bytes)
		channel_rescind(c->relid);
}

static bool is_offered(void)
{
	for (u32 i = 0; i < nr_devices; i++)
		if (devices[i] == &socket_device)
			return options.devices >> i & 1;
	return false;
}

/* The guest's endpoint, then the service, 16 bytes each */
void socket_connect(const u8 *m)
{
	u8 answer[44] = { TL_CONNECT_RESULT };

	if (is_offered() && channel_offer_socket(m + 24, m + 8))
		return;
	memcpy(answer + 8, m + 8, 32);
	put32(answer + 40, NTSTATUS_UNSUCCESSFUL);
	vmbus_answer(answer, sizeof(answer));
}

const struct device socket_device = {
	.name = "hvsock",
	.flags = CHANNEL_TLNPI,
	.on_request = true,
	.packet = socket_packet,
};
