/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus.h - the host's side of VMBus
 *
 * vmbus.c has the messages, channels.c the offered and opened channels,
 * ledger.c the guest's pages that the host holds, rings.c the packets. The
 * protocol is described in Linux's include/linux/hyperv.h.
 */
#ifndef VMBUS_H
#define VMBUS_H

#include "core.h"

#define VMBUS_VERSION(major, minor) ((u32)(major) << 16 | (minor))

/* Where a guest signals channel N: this + N */
#define CONNECTION_EVENTS 0x10000

enum vmbus_message_type {
	OFFER_CHANNEL = 1,
	RESCIND_OFFER = 2,
	REQUEST_OFFERS = 3,
	ALL_OFFERS_DELIVERED = 4,
	OPEN_CHANNEL = 5,
	OPEN_RESULT = 6,
	CLOSE_CHANNEL = 7,
	GPADL_HEADER = 8,
	GPADL_BODY = 9,
	GPADL_CREATED = 10,
	GPADL_TEARDOWN = 11,
	GPADL_TORNDOWN = 12,
	RELID_RELEASED = 13,
	INITIATE_CONTACT = 14,
	VERSION_RESPONSE = 15,
	UNLOAD = 16,
	UNLOAD_RESPONSE = 17,
	OPEN_RESERVED_CHANNEL = 18,
	CLOSE_RESERVED_CHANNEL = 19,
	CLOSE_RESERVED_RESPONSE = 20,
	TL_CONNECT_REQUEST = 21,
	MODIFY_CHANNEL = 22,
	TL_CONNECT_RESULT = 23,
	MODIFY_CHANNEL_RESPONSE = 24,
};

#define NTSTATUS_OK 0u
#define NTSTATUS_UNSUCCESSFUL 0xc0000001u
#define NTSTATUS_INVALID_PARAMETER 0xc000000du
#define NTSTATUS_NO_RESOURCES 0xc000009au

/* Ranges of guest memory that the guest shares under a number */
struct gpadl {
	struct gpadl *next;
	u32 id, relid;
	u32 ranges, bytes, filled; /* as the guest sends it */
	u8 *raw;		   /* until it is complete */
	u64 *pfns;
	u32 pages;
	u32 kernel;	 /* the kernel that shared it: the first is 1 */
	bool is_ring;	 /* a channel was opened with it */
	bool at_unload;	 /* it existed when UNLOAD came */
	bool given_back; /* at the guest's request, or with its channel */
};

struct ring {
	const struct gpadl *gpadl;
	u32 first, size; /* its index page; bytes of data after that */
};

struct device;

struct channel {
	u32 relid; /* 0: free */
	const struct device *device;
	u8 type[16], instance[16];
	u16 sub_channel;
	bool offered, open, rescinded;
	bool reserved;	/* neither UNLOAD nor a new contact closes it */
	bool signalled; /* there is something to read */
	bool broken; /* it wrote nonsense: the host no longer reads from it */
	u32 target_vp, open_id, ring_gpadl;
	struct ring in, out; /* as seen by the guest: it reads in */
	void *state;	     /* the device's, from open to close */
	u64 packets_in, packets_out;
	u32 noise_page; /* where the host's marks go next */
};

struct vmbus {
	bool connected, unloading;
	u32 version, target_vp, sint, connection;
	u32 kernel; /* the kernel that made contact */
	u64 interrupt_page, monitor[2];
	u64 let_go_at;
	u32 messages, unloads, contacts;
	struct channel channel[MAX_CHANNELS];
	struct gpadl *gpadls;
	u32 nr_gpadls, gpadl_pages;
	/* GPADLs held at the last UNLOAD and released since */
	struct gpadl *unloaded;
	u64 interrupt_page_at_unload, monitor_at_unload[2];
	/* Dynamic memory: what the host holds, across drivers */
	struct {
		u64 pages, target; /* now; requested last */
		u32 nr;
		u64 held[MAX_BALLOON_RANGES];
		u64 mark;
		bool asked_to_add, added;
	} balloon;
};

extern struct vmbus vmbus;

/* vmbus.c */
void vmbus_init(void);
u64 vmbus_message(u32 connection, const u8 *m, u32 bytes);
u64 vmbus_signalled(u32 connection, u32 flag);
u64 vmbus_run(u64 now);
void vmbus_answer(const void *m, u32 bytes);
/* type, and the words after the header */
void vmbus_answer_words(u32 type, const u32 *words, u32 n);
#define ANSWER(type, ...)                                             \
	do {                                                          \
		const u32 words_[] = { __VA_ARGS__ };                 \
		vmbus_answer_words(type, words_, ARRAY_SIZE(words_)); \
	} while (0)

/* channels.c */
struct channel *channel_of(u32 relid); /* NULL if it is not offered */
bool channel_is_ring(const struct gpadl *g);
struct channel *channel_add(const struct device *device, u16 sub_channel);
void channel_offer(struct channel *c);
void channels_offer_all(void);
void channels_open(const u8 *m);
void channels_open_reserved(const u8 *m);
bool channels_close_reserved(const u8 *m);
void channels_close(const u8 *m);
void channels_released(u32 relid);
void channels_modify(const u8 *m);
bool channel_rescind(u32 relid);
void channels_let_go(void);
void channel_signal_guest(struct channel *c);
bool channels_signalled(u32 relid);
u64 channels_run(u64 now);
/* Offers more channels of a device, up to n in all */
void channel_offer_subchannels(struct channel *c, u32 n);
struct channel *channel_offer_socket(const u8 *service, const u8 *endpoint);

/* ledger.c */
/* Numbers are per channel (OpenVMM, vmbus_server's channels) */
struct gpadl *ledger_find(u32 relid, u32 id);
void ledger_begin(const u8 *m, u32 bytes);
void ledger_go_on(const u8 *m, u32 bytes);
void ledger_teardown(const u8 *m);
void ledger_drop_channel(u32 relid);
void ledger_let_go(void);
void ledger_snapshot(void);
/* A page of a GPADL, NULL if it is not RAM */
u8 *ledger_page(const struct gpadl *g, u32 page);
void ledger_json(bool at_unload);

/* rings.c */
struct packet {
	u32 type, flags;
	u64 transaction;
	const u8 *head; /* after the descriptor, before the payload */
	u32 head_bytes;
	const u8 *payload;
	u32 bytes;
};

enum packet_type {
	PACKET_INBAND = 6,
	PACKET_TRANSFER_PAGES = 7,
	PACKET_GPA_DIRECT = 9,
	PACKET_COMPLETION = 11,
};

#define PACKET_WANTS_COMPLETION 1u

bool ring_open(struct channel *c, struct gpadl *g, u32 downstream);
/* The next packet of the guest, valid until the next call; false: none */
bool ring_receive(struct channel *c, struct packet *ret);
/* False: there is no room, or the channel is not open. */
bool ring_send(struct channel *c, const struct packet *packet);
/* Sends a plain in-band packet */
bool ring_send_payload(struct channel *c, const void *payload, u32 bytes);
bool ring_complete(struct channel *c, u64 transaction, const void *payload,
		   u32 bytes);
/*
 * True if there is room for that many bytes of packets; if not, the guest will
 * signal when there is.
 */
bool ring_has_room(struct channel *c, u32 bytes);
void ring_noise(struct channel *c, u64 mark);

/*
 * gpa.c: copies to or from the memory that the packet names; returns how much
 * of it exists
 */
u32 packet_read(const struct packet *p, u32 offset, void *to, u32 bytes);
u32 packet_write(const struct packet *p, u32 offset, const void *from,
		 u32 bytes);

/* dev_socket.c */
void socket_connect(const u8 *m);

/* noise.c */
void noise_init(void);
u64 noise_run(u64 now);

#endif
