// SPDX-License-Identifier: GPL-2.0-only
/* test_devices.c - each device, used as Linux's driver uses it */
#include "test.h"
#include "dev_scsi.h"

#define V5_3 VMBUS_VERSION(5, 3)
#define ALL                                                                                    \
	"noise=0 fast=1 subchannels=0 devices=balloon,heartbeat,timesync,shutdown,kvp,netvsc," \
	"storvsc,hvsock,uio"
#define BALLOON 1u
#define HEARTBEAT 2u
#define KVP 5u
#define NET 6u
#define SCSI 7u
#define UIO 9u

#define RINGS 0x50000ull
#define PAGES 8u
#define RECEIVE 0x80000ull /* the receive buffer of net */
#define SEND 0xa0000ull
#define DATA 0xc0000ull

static struct guest_ring ring;
static u8 packet[1024];

static void open_device(u32 relid, const char *words)
{
	fake_start(words);
	guest_connect(V5_3);
	assert_true(guest_open(relid, 0x11, RINGS, PAGES));
	ring = guest_ring(relid, RINGS, PAGES);
}

static void negotiation(u32 relid, u32 newest)
{
	open_device(relid, ALL);
	assert_true(guest_ring_receive(&ring, packet, sizeof(packet)) > 0);
	/* struct icmsg_hdr: type 0; 2 and 2 versions, the service's from 16 */
	assert_int_equal(get16(packet + 16 + 12), 0);
	assert_int_equal(get32(packet + 16 + 28), 2 | 2 << 16);
	assert_int_equal(get16(packet + 16 + 28 + 16), newest);
}

static void services(void **state)
{
	u8 beat[28 + 40];

	(void)state;
	negotiation(3, 4);
	negotiation(4, 3);
	negotiation(KVP, 5);
	negotiation(HEARTBEAT, 3);
	/* Heartbeats begin only after the guest has answered */
	fake_run(5000);
	assert_int_equal(guest_ring_receive(&ring, packet, 1024), 0);
	guest_ring_send(&ring, 6, 0, NULL, 0, packet + 16, 60);
	fake_run(10);
	assert_int_equal(guest_ring_receive(&ring, packet, 1024), 16 + 72);
	memcpy(beat, packet + 16, sizeof(beat));
	assert_int_equal(get16(beat + 12), 1);
	guest_ring_send(&ring, 6, 0, NULL, 0, beat, sizeof(beat));
	fake_run(2000);
	assert_int_equal(guest_ring_receive(&ring, packet, 1024), 16 + 72);
	assert_int_equal(get32(packet + 16 + 28), 1);
}

/* NVSP: sends the words of a message; the completion's answer is in packet */
static u32 nvsp(const u32 *words, u32 n)
{
	u8 m[40] = { 0 };

	for (u32 i = 0; i < n; i++)
		put32(m + 4 * i, words[i]);
	guest_ring_send(&ring, 6, 77, NULL, 0, m, sizeof(m));
	if (!guest_ring_receive(&ring, packet, sizeof(packet)))
		return 0;
	assert_int_equal(get16(packet), PACKET_COMPLETION);
	assert_int_equal(get32(packet + 8), 77);
	return get32(packet + 16);
}
#define NVSP(...)                          \
	nvsp((const u32[]){ __VA_ARGS__ }, \
	     sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

static void start_net(const char *words)
{
	open_device(NET, words);
	assert_int_equal(NVSP(1, 0x60000, 0x60000), 2);
	assert_int_equal(get32(packet + 28), 2); /* failed */
	assert_int_equal(NVSP(1, 0x50000, 0x50000), 2);
	assert_int_equal(get32(packet + 28), 1);
	guest_gpadl(NET, 0x12, RECEIVE, 32);
	guest_gpadl(NET, 0x13, SEND, 16);
	while (guest_take(0, NULL))
		;
	assert_int_equal(NVSP(101, 0x12, 0xcafe), 102);
	assert_int_equal(get32(packet + 20), 1);
	assert_int_equal(get32(packet + 24), 1); /* one kind of sections */
	assert_int_equal(get32(packet + 32) * get32(packet + 36), 32 * 4096);
	assert_int_equal(NVSP(104, 0x13, 0), 105);
	assert_int_equal(get32(packet + 20), 1);
	assert_int_equal(get32(packet + 24), 6136);
}

/*
 * Sends through section 3 of the send buffer; returns a pointer to the answer.
 */
static u8 *rndis(const u8 *m, u32 bytes, bool *ret_data)
{
	u32 words[] = { 107, 1, 3, bytes }, offset;

	memcpy(fake_at(SEND), fake_at(SEND), 1);
	for (u32 i = 0; i < bytes; i++)
		*fake_at(SEND + 3 * 6136 + i) = m[i];
	assert_int_equal(nvsp(words, 4), 108);
	if (!guest_ring_receive(&ring, packet, sizeof(packet)))
		return NULL;
	assert_int_equal(get16(packet), PACKET_TRANSFER_PAGES);
	assert_int_equal(get16(packet + 16), 0xcafe);
	assert_int_equal(get32(packet + 20), 1);
	offset = get32(packet + 28);
	assert_true(offset + get32(packet + 24) <= 32 * 4096);
	if (ret_data)
		*ret_data = !get32(packet + 36);
	/* Return the section */
	guest_ring_send(&ring, PACKET_COMPLETION, get32(packet + 8), NULL, 0,
			"\x6c\0\0\0\1\0\0\0\0\0\0\0\0\0\0", 16);
	return fake_at(RECEIVE + offset);
}

static u8 *query(u32 oid)
{
	u8 m[28] = { 4, 0, 0, 0, sizeof(m) };
	u8 *answer;

	put32(m + 8, 9);
	put32(m + 12, oid);
	answer = rndis(m, sizeof(m), NULL);
	assert_non_null(answer);
	assert_int_equal(get32(answer), 0x80000004);
	assert_int_equal(get32(answer + 8), 9);
	return get32(answer + 12) ? NULL : answer + 8 + get32(answer + 20);
}

static void a_network_adapter(void **state)
{
	u8 initialize[24] = { 2, 0, 0, 0, sizeof(initialize), 0, 0, 0, 5 };
	u8 *answer;

	(void)state;
	start_net(ALL);
	answer = rndis(initialize, sizeof(initialize), NULL);
	assert_non_null(answer);
	assert_int_equal(get32(answer), 0x80000002);
	assert_int_equal(get32(answer + 8), 5);
	assert_int_equal(get32(answer + 12), 0);
	assert_memory_equal(query(0x01010101), "\x00\x15\x5d", 3);
	assert_int_equal(get32(query(0x00010106)), 1500);
	assert_int_equal(get32(query(0x00010114)), 0);
	assert_int_equal(query(0xfc01020d)[0], 0xa7);
	assert_int_equal(get32(query(0x00010203) + 12), 1);
	assert_null(query(0x12345678));
	/* The buffers are in the ledger until they are torn down */
	assert_int_equal(find_gpadl(0x12)->pages, 32);
	NVSP(103, 0xcafe);
	guest_send(GPADL_TEARDOWN, (u32[]){ NET, 0x12 }, 2);
	assert_null(find_gpadl(0x12));
	/* Without a buffer there is no room for an answer */
	guest_ring_receive(&ring, packet, sizeof(packet));
	assert_null(rndis(initialize, sizeof(initialize), NULL));
}

/* A frame as Linux sends it: a header of 44 bytes, then the frame */
static u8 *frame(const u8 *bytes, u32 n)
{
	u8 m[256] = { 1 };
	bool data = false;
	u8 *answer;

	put32(m + 4, 44 + n);
	put32(m + 8, 36);
	put32(m + 12, n);
	memcpy(m + 44, bytes, n);
	answer = rndis(m, 44 + n, &data);
	if (!answer)
		return NULL;
	assert_true(data);
	assert_int_equal(get32(answer), 1);
	assert_int_equal(get32(answer + 12), n);
	return answer + 8 + get32(answer + 8);
}

static void a_ping(void **state)
{
	static const u8 arp[42] = { 255, 255, 255, 255, 255, 255, 0,  21, 93,
				    0,	 0,   1,   8,	6,   0,	  1,  8,  0,
				    6,	 4,   0,   1,	0,   21,  93, 0,  0,
				    1,	 10,  0,   0,	2,   0,	  0,  0,  0,
				    0,	 0,   10,  0,	0,   1 };
	static const u8 ping[46] = { 0, 21, 93, 0, 0, 254, 0, 21, 93, 0, 0, 1,
				     8, 0, 0x45, 0, 0, 32, 0, 1, 0, 0, 64, 1,
				     0x66, 0xda, 10, 0, 0, 2, 10, 0, 0, 1,
				     /* ICMP, its sum from there on */
				     8, 0, 0xf5, 0xfd, 1, 2, 0, 0, 1, 0, 0, 0 };
	u8 other[46];
	u32 sum = 0;
	u8 *answer;

	(void)state;
	start_net(ALL);
	answer = frame(arp, sizeof(arp));
	assert_non_null(answer);
	assert_memory_equal(answer, arp + 6, 6);
	assert_int_equal(answer[21], 2);
	assert_memory_equal(answer + 28, arp + 38, 4);
	assert_memory_equal(answer + 38, arp + 28, 4);
	assert_memory_equal(answer + 22, answer + 6, 6);
	answer = frame(ping, sizeof(ping));
	assert_non_null(answer);
	assert_int_equal(answer[34], 0);
	assert_memory_equal(answer + 26, ping + 30, 4);
	for (u32 i = 34; i < sizeof(ping); i += 2)
		sum += (u32)answer[i] << 8 | answer[i + 1];
	assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);
	/* Frames to others, and any other frames, get no answer */
	memcpy(other, ping, sizeof(other));
	other[33] = 7;
	assert_null(frame(other, sizeof(other)));
	assert_null(frame(ping, 20));
	assert_null(frame(arp, 41));
	assert_int_equal(host.violations, 0);
}

static void nonsense_to_the_adapter(void **state)
{
	u8 m[64] = { 1 };

	(void)state;
	start_net(ALL);
	assert_int_equal(NVSP(107, 1, 50, 64), 108); /* no such section */
	assert_int_equal(NVSP(107, 1, 3, 7000), 108);
	assert_int_equal(NVSP(101, 0x11, 0xcafe), 102); /* its own rings */
	assert_int_equal(get32(packet + 20), 2);
	assert_int_equal(NVSP(104, 0x99, 0), 105);
	assert_int_equal(get32(packet + 20), 2);
	assert_int_equal(host.violations, 4);
	put32(m + 4, sizeof(m));
	put32(m + 8, 0xfffffff0);
	put32(m + 12, 32);
	assert_null(rndis(m, sizeof(m), NULL));
	put32(m + 8, 36);
	put32(m + 12, 0xfffffff0);
	assert_null(rndis(m, sizeof(m), NULL));
	assert_int_equal(host.violations, 6);
	put32(m + 4, 8); /* shorter than its header */
	assert_null(rndis(m, sizeof(m), NULL));
	put32(m + 4, 65);
	assert_null(rndis(m, sizeof(m), NULL));
}

static void more_channels(void **state)
{
	u8 m[240];

	(void)state;
	start_net(ALL " subchannels=2");
	assert_int_equal(get32(query(0x00010203) + 12), 3);
	assert_int_equal(NVSP(133, 1, 5), 133);
	assert_int_equal(get32(packet + 20), 1);
	assert_int_equal(get32(packet + 24), 2);
	for (u32 i = 1; i <= 2; i++) {
		assert_true(guest_wait(0, OFFER_CHANNEL, m));
		assert_int_equal(get16(m + 180), i);
		assert_int_equal(get32(m + 8), 0xf8615163);
		assert_memory_equal(m + 24, channel_of(NET)->instance, 16);
	}
	/* A sub-channel answers what it receives */
	assert_true(guest_open(get32(m + 184), 0x21, 0xd0000, 4));
	ring = guest_ring(get32(m + 184), 0xd0000, 4);
	assert_null(query(0x12345678));
	/* Rescinding the first one rescinds the others before it */
	assert_true(channel_rescind(NET));
	for (u32 i = 0; i < 3; i++)
		assert_true(guest_wait(0, RESCIND_OFFER, m));
	assert_int_equal(get32(m + 8), NET);
}

/* Closing the first one removes them until it is opened and asks again */
static void more_channels_go_with_the_first(void **state)
{
	u32 relid = NET;
	u8 m[240];

	(void)state;
	start_net(ALL " subchannels=2");
	NVSP(133, 1, 5);
	assert_true(guest_wait(0, OFFER_CHANNEL, m));
	assert_true(guest_wait(0, OFFER_CHANNEL, m));
	guest_send(CLOSE_CHANNEL, &relid, 1);
	for (u32 i = 0; i < 2; i++) {
		assert_true(guest_wait(0, RESCIND_OFFER, m));
		relid = get32(m + 8);
		assert_int_not_equal(relid, NET);
		guest_send(RELID_RELEASED, &relid, 1);
	}
	assert_non_null(channel_of(NET));
	assert_false(guest_wait(0, RESCIND_OFFER, m));
}

/* The host may write only into its own part of the receive buffer. */
static void noise_in_the_receive_buffer(void **state)
{
	u8 m[24] = { 2, 0, 0, 0, sizeof(m) };
	u32 marked = 0;

	(void)state;
	start_net(ALL);
	fake_ask("option noise=1");
	fake_run(200);
	for (u32 page = 0; page < 32; page++)
		marked += get64(fake_at(RECEIVE + page * HV_PAGE + 4088)) > 0;
	assert_int_equal(marked, 32);
	/* In the send buffer, only after its last section */
	assert_true(get64(fake_at(SEND + 16 * HV_PAGE - 8)) > 0);
	for (u32 i = 0; i < 10 * 6136; i += 8)
		assert_int_equal(get64(fake_at(SEND + i)), 0);
	assert_non_null(rndis(m, sizeof(m), NULL));
}

/*
 * storvsc: sends a packet with the address for its data; the answer is in
 * packet
 */
static u32 scsi(u32 operation, const u8 *command, u32 bytes, u32 lun)
{
	u8 m[64] = { 0 }, head[8 + 8 + 8 * 8] = { 0 };

	put32(m, operation);
	put32(m + 4, 1);
	m[19] = (u8)lun;
	put32(m + 24, bytes);
	if (command)
		memcpy(m + 28, command, 16);
	put32(head + 4, 1);
	put32(head + 8, bytes);
	put32(head + 12, 0x800);
	for (u32 i = 0; i < 8; i++)
		put64(head + 16 + 8 * i, DATA / HV_PAGE + i);
	guest_ring_send(&ring, bytes ? 9 : 6, 5, head, bytes ? sizeof(head) : 0,
			m, sizeof(m));
	assert_int_equal(guest_ring_receive(&ring, packet, sizeof(packet)),
			 16 + 64);
	assert_int_equal(get16(packet), PACKET_COMPLETION);
	assert_int_equal(get32(packet + 16), 1);
	return get32(packet + 24);
}

static void a_disk(void **state)
{
	static const u8 inquiry[16] = { 0x12, 0, 0, 0, 36 };
	static const u8 capacity[16] = { 0x25 };
	static const u8 read[16] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 9 };
	static const u8 write[16] = { 0x2a };
	static const u8 far[16] = { 0x28, 0, 0, 2, 0, 0, 0, 0, 1 };
	static const u8 unknown[16] = { 0xf7 };
	const u8 *srb = packet + 16;

	(void)state;
	open_device(SCSI, ALL " subchannels=3");
	assert_int_equal(scsi(7, NULL, 0, 0), 0);
	assert_int_equal(scsi(9, NULL, 0, 0), 0);
	assert_int_equal(scsi(10, NULL, 0, 0), 0);
	assert_int_equal(get16(srb + 16), 3);
	assert_int_equal(get32(srb + 20), 1);
	assert_true(get32(srb + 24) >= 4096);
	assert_int_equal(scsi(8, NULL, 0, 0), 0);
	scsi(3, inquiry, 36, 0);
	assert_int_equal(srb[14], 1);
	assert_int_equal(get32(srb + 24), 36);
	assert_memory_equal(fake_at(DATA + 0x808), "Msft    Virtual Disk", 20);
	scsi(3, inquiry, 36, 1);
	assert_int_equal(srb[14], 1);
	assert_int_equal(*fake_at(DATA + 0x800), 0x7f);
	scsi(3, capacity, 8, 1);
	assert_int_equal(srb[14], 0x84);
	assert_int_equal(srb[28 + 12], 0x25);
	scsi(3, capacity, 8, 0);
	assert_int_equal(fake_at(DATA + 0x800)[1] * 65536 +
				 fake_at(DATA + 0x800)[2] * 256 +
				 fake_at(DATA + 0x800)[3] + 1,
			 DISK_SECTORS);
	scsi(3, read, 9 * 512, 0);
	assert_int_equal(get32(srb + 24), 9 * 512);
	assert_int_equal(get16(fake_at(DATA + 0x800 + 510)), 0xaa55);
	assert_string_equal(fake_at(DATA + 0x800 + 8 * 512),
			    "sector 8 of the lab's disk\n");
	scsi(3, write, 512, 0);
	assert_int_equal(srb[15], 2);
	assert_int_equal(srb[14], 0x84);
	assert_int_equal(srb[28 + 2], 7);
	scsi(3, far, 512, 0);
	assert_int_equal(srb[28 + 12], 0x21);
	scsi(3, unknown, 512, 0);
	assert_int_equal(srb[28 + 12], 0x20);
	assert_int_equal(host.violations, 0);
}

static void data_that_is_not_there(void **state)
{
	static const u8 read[16] = { 0x28, 0, 0, 0, 0, 1, 0, 0, 2 };
	u8 m[64] = { 3 }, head[24] = { 0 };
	const u8 *srb = packet + 16;

	(void)state;
	open_device(SCSI, ALL);
	memcpy(m + 28, read, sizeof(read));
	put32(m + 24, 1024);
	put32(head + 4, 1);
	put32(head + 8, 1024);
	put64(head + 16, ~0ull);
	guest_ring_send(&ring, 9, 5, head, sizeof(head), m, sizeof(m));
	assert_true(guest_ring_receive(&ring, packet, sizeof(packet)) > 0);
	assert_int_equal(get32(srb + 24), 0);
	/* More ranges than exist, and one longer than its pages */
	put64(head + 16, DATA / HV_PAGE);
	put32(head + 4, 1000);
	guest_ring_send(&ring, 9, 5, head, sizeof(head), m, sizeof(m));
	assert_true(guest_ring_receive(&ring, packet, sizeof(packet)) > 0);
	assert_int_equal(get32(srb + 24), 1024);
	put32(head + 8, 8192);
	guest_ring_send(&ring, 9, 5, head, sizeof(head), m, sizeof(m));
	assert_true(guest_ring_receive(&ring, packet, sizeof(packet)) > 0);
	assert_int_equal(get32(srb + 24), 0);
	put32(head + 8, ~0u);
	put32(head + 12, ~0u);
	guest_ring_send(&ring, 9, 5, head, sizeof(head), m, sizeof(m));
	assert_true(guest_ring_receive(&ring, packet, sizeof(packet)) > 0);
	assert_int_equal(get32(srb + 24), 0);
}

static void a_socket(void **state)
{
	u32 connect[8] = { 1, 2, 3, 4, 0x5ecce, 6, 7, 8 };
	u8 data[16] = { 1, 0, 0, 0, 5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o' };
	u8 m[240];

	(void)state;
	fake_start(ALL);
	guest_connect(V5_3);
	guest_send(TL_CONNECT_REQUEST, connect, 8);
	assert_true(guest_wait(0, OFFER_CHANNEL, m));
	assert_int_equal(get32(m + 8), 0x5ecce);
	assert_int_equal(get32(m + 24), 1);
	assert_int_equal(get16(m + 56), 0x2000);
	assert_int_equal(m[64], 0); /* the guest initiated the connection */
	assert_true(guest_open(get32(m + 184), 0x31, RINGS, 4));
	ring = guest_ring(get32(m + 184), RINGS, 4);
	guest_ring_send(&ring, 6, 0, NULL, 0, data, sizeof(data));
	assert_int_equal(guest_ring_receive(&ring, packet, 1024), 32);
	assert_memory_equal(packet + 16, data, 13);
	put32(data + 4, 6000);
	guest_ring_send(&ring, 6, 0, NULL, 0, data, sizeof(data));
	assert_int_equal(host.violations, 1);
	put32(data + 4, 0);
	guest_ring_send(&ring, 6, 0, NULL, 0, data, sizeof(data));
	assert_true(guest_wait(0, RESCIND_OFFER, m));
	/* Without the device the service does not exist */
	fake_start("noise=0");
	guest_connect(V5_3);
	guest_send(TL_CONNECT_REQUEST, connect, 8);
	assert_true(guest_wait(0, TL_CONNECT_RESULT, m));
	assert_int_equal(get32(m + 24), 0x5ecce);
	assert_int_not_equal(get32(m + 40), 0);
}

static void too_many_sockets(void **state)
{
	u32 connect[8] = { 0 }, offers = 0, refused = 0, type;
	u8 m[240];

	(void)state;
	fake_start(ALL);
	guest_connect(V5_3);
	for (u32 i = 0; i < 2 * MAX_CHANNELS; i++) {
		connect[0] = i;
		guest_send(TL_CONNECT_REQUEST, connect, 8);
		while ((type = guest_take(0, m))) {
			offers += type == OFFER_CHANNEL;
			refused += type == TL_CONNECT_RESULT;
		}
	}
	assert_int_equal(offers + refused, 2 * MAX_CHANNELS);
	assert_true(offers < MAX_CHANNELS && offers > 30);
}

static void a_device_for_user_space(void **state)
{
	(void)state;
	open_device(UIO, ALL);
	guest_gpadl(UIO, 0x12, RECEIVE, 64);
	assert_int_equal(find_gpadl(0x12)->pages, 64);
	guest_ring_send(&ring, 6, 3, NULL, 0, "12345678", 8);
	assert_int_equal(guest_ring_receive(&ring, packet, 1024), 16);
	assert_int_equal(get16(packet), PACKET_COMPLETION);
}

/*
 * Sends a message of the balloon driver: a type, two words after the header,
 * ranges
 */
static void balloon_says(u32 type, u32 first, u32 second, const u64 *ranges,
			 u32 n)
{
	u8 m[16 + 8 * 4] = { 0 };

	put32(m, type | (16 + 8 * n) << 16);
	put32(m + 8, first);
	put32(m + 12, second);
	for (u32 i = 0; i < n; i++)
		put64(m + 16 + 8 * i, ranges[i]);
	guest_ring_send(&ring, 6, 0, NULL, 0, m, 16 + 8 * n);
}

/* Returns the type of the host's next request, which follows the descriptor */
static u32 balloon_asked(void)
{
	fake_run(100);
	if (!guest_ring_receive(&ring, packet, sizeof(packet)))
		return 0;
	return get16(packet + 16);
}

#define DM_RANGE(page, count) ((page) | (u64)(count) << 40)
#define BALLOON_PAGE(page) (*(u64 *)fake_at((u64)(page)*HV_PAGE))

static void open_the_balloon(const char *words)
{
	open_device(BALLOON, words);
	assert_string_equal(fake_ask("option balloon-mib=1"), "{}\n");
	assert_int_equal(balloon_asked(), 0); /* before its capabilities */
	balloon_says(3, 0, 0, NULL, 0);
	assert_int_equal(balloon_asked(), 4);
}

static void memory_that_comes_and_goes(void **state)
{
	const u64 ranges[] = { DM_RANGE(208, 64), DM_RANGE(280, 32) };

	(void)state;
	open_the_balloon(ALL " noise=1");
	assert_int_equal(balloon_asked(), 6);
	assert_int_equal(get32(packet + 24), 256);
	/* In two answers, and less than requested, which is final */
	balloon_says(7, 0, 1 | 1 << 1, ranges, 1);
	balloon_says(7, 0, 1 << 1, ranges + 1, 1);
	assert_int_equal(balloon_asked(), 0);
	assert_non_null(strstr(fake_ask("state"), "\"balloon_pages\":96,"));
	assert_null(strstr(fake_ask("state"), "\"first\":208"));
	fake_run(20000);
	assert_true(BALLOON_PAGE(208) && BALLOON_PAGE(311));
	assert_false(BALLOON_PAGE(272) || BALLOON_PAGE(279));
	/*
	 * 40 pages stay: the second range is returned whole, the first in part
	 */
	options.balloon_mib = 0;
	assert_int_equal(balloon_asked(), 8);
	assert_int_equal(get32(packet + 24), 0);
	assert_int_equal(get32(packet + 28), 2);
	assert_true(get64(packet + 32) == ranges[1]);
	assert_true(get64(packet + 40) == ranges[0]);
	BALLOON_PAGE(208) = 0;
	fake_run(20000);
	assert_false(BALLOON_PAGE(208));
	assert_non_null(strstr(fake_ask("state"), "\"balloon_pages\":0,"));
}

static void pages_that_are_none(void **state)
{
	const u64 ranges[] = { DM_RANGE(310, 64), DM_RANGE(1ull << 39, 1),
			       DM_RANGE(208, 0), DM_RANGE(208, 1) };

	(void)state;
	open_the_balloon(ALL);
	assert_int_equal(balloon_asked(), 6);
	balloon_says(7, 0, 1 | 4 << 1, ranges, 4);
	assert_non_null(strstr(fake_ask("state"), "\"balloon_pages\":1,"));
	assert_int_equal(host.violations, 3);
	/* More ranges than the message contains */
	balloon_says(7, 0, 200 << 1, ranges, 1);
	assert_int_equal(host.violations, 4);
	assert_non_null(strstr(fake_ask("state"), "\"balloon_pages\":1,"));
}

static void memory_that_is_added(void **state)
{
	(void)state;
	open_the_balloon(ALL " hot-add-at=0x30000000");
	assert_int_equal(balloon_asked(), 6);
	balloon_says(7, 0, 0, NULL, 0);
	assert_string_equal(fake_ask("option hot-add=1"), "{}\n");
	assert_int_equal(balloon_asked(), 10);
	assert_true(get64(packet + 24) == DM_RANGE(0x30000, 0x8000));
	balloon_says(11, 0x8000, 1, NULL, 0);
	assert_non_null(strstr(fake_ask("state"), "\"hot_added\":true"));
	assert_int_equal(balloon_asked(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(services),
		TEST(a_network_adapter),
		TEST(a_ping),
		TEST(nonsense_to_the_adapter),
		TEST(more_channels),
		TEST(more_channels_go_with_the_first),
		TEST(noise_in_the_receive_buffer),
		TEST(a_disk),
		TEST(data_that_is_not_there),
		TEST(a_socket),
		TEST(too_many_sockets),
		TEST(a_device_for_user_space),
		TEST(memory_that_comes_and_goes),
		TEST(pages_that_are_none),
		TEST(memory_that_is_added),
	};

	return RUN(tests);
}
