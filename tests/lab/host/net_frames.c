// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_frames.c - the peer on the guest's network: it owns every IPv4 address
 * whose last byte is 1, and answers ARP and pings there
 */
#include "dev_net.h"

#define ETHERNET 14
#define ARP_BYTES 28
#define IPV4 20
#define ICMP 8

static const u8 station[6] = { 0x00, 0x15, 0x5d, 0x00, 0x00, 0xfe };

static u32 big16(const u8 *at)
{
	return (u32)at[0] << 8 | at[1];
}

static void swap(u8 *a, u8 *b, u32 bytes)
{
	u8 v;

	for (; bytes; bytes--, a++, b++) {
		v = *a;
		*a = *b;
		*b = v;
	}
}

static void turn_around(u8 *frame)
{
	memcpy(frame, frame + 6, 6);
	memcpy(frame + 6, station, 6);
}

/* RFC 826: hardware 1, protocol 0x0800, lengths 6 and 4, request 1 */
static u32 answer_arp(u8 *frame, u32 bytes)
{
	static const u8 request[8] = { 0, 1, 8, 0, 6, 4, 0, 1 };
	u8 *arp = frame + ETHERNET;

	/* A sender without an address probes whether that one is free */
	if (bytes < ETHERNET + ARP_BYTES || memcmp(arp, request, 8) ||
	    arp[27] != 1 || !get32(arp + 14) || !memcmp(arp + 14, arp + 24, 4))
		return 0;
	turn_around(frame);
	arp[7] = 2;
	swap(arp + 8, arp + 18, 10);
	memcpy(arp + 8, station, 6);
	return ETHERNET + ARP_BYTES;
}

/* RFC 792: an echo reply differs in its type, and therefore in its checksum */
static u32 answer_ping(u8 *frame, u32 bytes)
{
	u8 *ip = frame + ETHERNET, *icmp = ip + IPV4;
	u32 sum;

	if (bytes < ETHERNET + IPV4 + ICMP || ip[0] != 0x45 || ip[9] != 1 ||
	    icmp[0] != 8 || icmp[1] || ip[19] != 1 ||
	    big16(ip + 2) > bytes - ETHERNET)
		return 0;
	turn_around(frame);
	swap(ip + 12, ip + 16, 4);
	icmp[0] = 0;
	sum = big16(icmp + 2) + 0x800;
	sum = (sum & 0xffff) + (sum >> 16);
	icmp[2] = (u8)(sum >> 8);
	icmp[3] = (u8)sum;
	return bytes;
}

u32 net_answer(u8 *frame, u32 bytes)
{
	if (bytes < ETHERNET)
		return 0;
	switch (big16(frame + 12)) {
	case 0x0806:
		return answer_arp(frame, bytes);
	case 0x0800:
		return answer_ping(frame, bytes);
	default:
		return 0;
	}
}
