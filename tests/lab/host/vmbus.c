// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus.c - messages of VMBus, and their answers
 *
 * The host holds all pages until UNLOAD and then releases them, like a host
 * that first closes its devices; only then it answers. The ledger shows what it
 * still holds in between.
 */
#include "vmbus.h"

/*
 * Connections for the guest's messages: first contact before 5.0, since 5.0,
 * all others
 */
#define CONNECTION_CONTACT 1
#define CONNECTION_CONTACT_5 4
#define CONNECTION_MESSAGES 0x2004

#define MESSAGE_SINT 2	/* before 5.0, when guests do not name one */
#define MESSAGE_VMBUS 1 /* the type of VMBus messages */

/* The most answers in a SINT's queue; the others wait here */
#define MAX_IN_QUEUE 64
#define LATER HV_MILLISECOND
/*
 * With "unload=before": how long the host still holds all pages after the
 * answer
 */
#define BEFORE_MS 200

struct vmbus vmbus;

struct answer {
	struct answer *next;
	u64 due;
	u32 bytes;
	u8 m[MESSAGE_BYTES];
};

static struct {
	struct answer *first, **last;
	u32 number;
} answers;

void vmbus_init(void)
{
	memset(&vmbus, 0, sizeof(vmbus));
	memset(&answers, 0, sizeof(answers));
	answers.last = &answers.first;
	vmbus.let_go_at = HV_NEVER;
	noise_init();
}

static bool post_now(const void *m, u32 bytes)
{
	struct vp *vp = vp_of_index(vmbus.target_vp);

	if (!vp || vp->queue[vmbus.sint].length >= MAX_IN_QUEUE)
		return false;
	synic_post(vp, vmbus.sint, MESSAGE_VMBUS, m, bytes, NULL);
	if (get32((const u8 *)m) == UNLOAD_RESPONSE)
		faults_event(MOMENT_UNLOAD_ANSWER, vp_number(vp));
	return true;
}

void vmbus_answer(const void *m, u32 bytes)
{
	struct answer *a;

	if (options.fast && !answers.first && post_now(m, bytes))
		return;
	a = answers.number < MAX_ANSWERS ? platform_alloc(sizeof(*a)) : NULL;
	if (!a) {
		host.messages_dropped++;
		say("vmbus: message %u is dropped, too many wait", get32(m));
		return;
	}
	a->due = platform_time() + options.answer_ms * HV_MILLISECOND;
	a->bytes = bytes;
	memcpy(a->m, m, bytes);
	*answers.last = a;
	answers.last = &a->next;
	answers.number++;
	platform_wake();
}

void vmbus_answer_words(u32 type, const u32 *words, u32 n)
{
	u8 m[MESSAGE_BYTES] = { 0 };

	put32(m, type);
	for (u32 i = 0; i < n; i++)
		put32(m + 8 + 4 * i, words[i]);
	vmbus_answer(m, 8 + 4 * n);
}

static u64 run_answers(u64 now)
{
	struct answer *a;

	while ((a = answers.first)) {
		if (a->due > now)
			return a->due;
		if (!post_now(a->m, a->bytes))
			return now + LATER;
		answers.first = a->next;
		if (!a->next)
			answers.last = &answers.first;
		answers.number--;
		platform_free(a);
	}
	return HV_NEVER;
}

static void let_go(void)
{
	channels_let_go();
	ledger_let_go();
	vmbus.monitor[0] = vmbus.monitor[1] = vmbus.interrupt_page = 0;
	vmbus.connected = vmbus.unloading = false;
	vmbus.let_go_at = HV_NEVER;
}

static void answer_unload(void)
{
	/* Messages that Linux ignores, before the one it waits for */
	for (u64 i = 0; i < options.chatter; i++)
		vmbus_answer_words(ALL_OFFERS_DELIVERED, NULL, 0);
	vmbus_answer_words(UNLOAD_RESPONSE, NULL, 0);
}

static void finish_unload(void)
{
	let_go();
	say("vmbus: all pages are released");
	if (options.unload == UNLOAD_AFTER)
		answer_unload();
	faults_all_let_go();
}

static void unload(void)
{
	u64 ms = options.unload_ms;

	vmbus.unloads++;
	ledger_snapshot();
	overlays_snapshot();
	vmbus.unloading = true;
	say("vmbus: UNLOAD");
	faults_event(MOMENT_UNLOAD, host.caller);
	if (options.unload == UNLOAD_BEFORE) {
		answer_unload();
		if (!ms)
			ms = BEFORE_MS;
	}
	vmbus.let_go_at = options.unload == UNLOAD_NEVER ?
				  HV_NEVER :
				  platform_time() + ms * HV_MILLISECOND;
	if (options.fast && !ms && options.unload == UNLOAD_AFTER)
		finish_unload();
	else
		platform_wake();
}

static bool is_known(u32 version)
{
	static const u32 versions[] = {
		VMBUS_VERSION(2, 4), VMBUS_VERSION(3, 0), VMBUS_VERSION(4, 0),
		VMBUS_VERSION(4, 1), VMBUS_VERSION(5, 0), VMBUS_VERSION(5, 1),
		VMBUS_VERSION(5, 2), VMBUS_VERSION(5, 3), VMBUS_VERSION(6, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		if (versions[i] == version)
			return version <= options.vmbus;
	return false;
}

static bool is_shareable(u64 gpa)
{
	return !gpa || (!(gpa % HV_PAGE) && platform_beneath(gpa, HV_PAGE));
}

/* A guest that makes contact again no longer uses its previous connection. */
static void contact_again(void)
{
	if (vmbus.unloading && options.unload != UNLOAD_NEVER)
		finish_unload();
	if (vmbus.connected) {
		say("vmbus: contact while connected: all pages are released");
		let_go();
	}
}

static void connect(const u8 *m, u32 version)
{
	bool five = version >= VMBUS_VERSION(5, 0);

	vmbus.connected = true;
	vmbus.kernel = this_kernel();
	vmbus.version = version;
	vmbus.connection = five ? CONNECTION_MESSAGES : CONNECTION_CONTACT;
	vmbus.interrupt_page = five ? 0 : get64(m + 16);
	vmbus.monitor[0] = get64(m + 24);
	vmbus.monitor[1] = get64(m + 32);
}

static u64 contact(u32 connection, const u8 *m)
{
	u32 version = get32(m + 8), vp = get32(m + 12);
	bool five = version >= VMBUS_VERSION(5, 0);
	u32 sint = five ? m[16] : MESSAGE_SINT;
	bool known = is_known(version);

	if (connection != CONNECTION_CONTACT &&
	    connection != CONNECTION_CONTACT_5)
		return HV_STATUS_INVALID_CONNECTION_ID;
	if (connection != (five ? CONNECTION_CONTACT_5 : CONNECTION_CONTACT))
		violation("vmbus: contact for %u.%u by connection %u",
			  version >> 16, version & 0xffff, connection);
	if (!vp_of_index(vp) || sint >= HV_SINTS ||
	    !is_shareable(get64(m + 24)) || !is_shareable(get64(m + 32)) ||
	    (!five && !is_shareable(get64(m + 16)))) {
		violation(
			"vmbus: contact for VP %u, SINT %u: no such VP, SINT or page",
			vp, sint);
		return HV_STATUS_SUCCESS;
	}
	contact_again();
	vmbus.contacts++;
	vmbus.target_vp = vp;
	vmbus.sint = sint;
	say("vmbus: contact, version %u.%u, VP %u: %s", version >> 16,
	    version & 0xffff, vp, known ? "taken" : "refused");
	if (known)
		connect(m, version);
	ANSWER(VERSION_RESPONSE, known, known ? vmbus.connection : 0);
	return HV_STATUS_SUCCESS;
}

/* The smallest size of each message; 0: guests do not send it */
static u32 least_bytes(u32 type)
{
	static const u8 least[] = {
		[OPEN_RESERVED_CHANNEL] = 28,
		[CLOSE_RESERVED_CHANNEL] = 20,
		[REQUEST_OFFERS] = 8,
		[OPEN_CHANNEL] = 28,
		[CLOSE_CHANNEL] = 12,
		[GPADL_HEADER] = 20,
		[GPADL_BODY] = 16,
		[GPADL_TEARDOWN] = 16,
		[RELID_RELEASED] = 12,
		[INITIATE_CONTACT] = 40,
		[UNLOAD] = 8,
		[TL_CONNECT_REQUEST] = 40,
		[MODIFY_CHANNEL] = 16,
	};

	return type < ARRAY_SIZE(least) ? least[type] : 0;
}

static void take(const u8 *m, u32 bytes)
{
	switch (get32(m)) {
	case REQUEST_OFFERS:
		channels_offer_all();
		break;
	case OPEN_CHANNEL:
		channels_open(m);
		break;
	case OPEN_RESERVED_CHANNEL:
		channels_open_reserved(m);
		break;
	case CLOSE_CHANNEL:
		channels_close(m);
		break;
	case GPADL_HEADER:
		ledger_begin(m, bytes);
		break;
	case GPADL_BODY:
		ledger_go_on(m, bytes);
		break;
	case GPADL_TEARDOWN:
		ledger_teardown(m);
		break;
	case RELID_RELEASED:
		channels_released(get32(m + 8));
		break;
	case MODIFY_CHANNEL:
		channels_modify(m);
		break;
	case TL_CONNECT_REQUEST:
		socket_connect(m);
		break;
	case UNLOAD:
		unload();
		break;
	}
}

u64 vmbus_message(u32 connection, const u8 *m, u32 bytes)
{
	u32 type = bytes >= 8 ? get32(m) : 0;

	if (answers.number + MAX_CHANNELS + 2 > MAX_ANSWERS)
		return HV_STATUS_INSUFFICIENT_BUFFERS;
	vmbus.messages++;
	if (!least_bytes(type) || bytes < least_bytes(type)) {
		violation(
			"vmbus: message %u of %u bytes is not a valid guest message",
			type, bytes);
		return HV_STATUS_SUCCESS;
	}
	if (type == INITIATE_CONTACT)
		return contact(connection, m);
	if (type == CLOSE_RESERVED_CHANNEL && channels_close_reserved(m))
		return HV_STATUS_SUCCESS;
	if (!vmbus.connected || connection != vmbus.connection) {
		violation(
			"vmbus: message %u on connection %#x, which does not exist",
			type, connection);
		return HV_STATUS_INVALID_CONNECTION_ID;
	}
	take(m, bytes);
	return HV_STATUS_SUCCESS;
}

u64 vmbus_signalled(u32 connection, u32 flag)
{
	if (flag || !vmbus.connected ||
	    !channels_signalled(connection - CONNECTION_EVENTS))
		return HV_STATUS_INVALID_CONNECTION_ID;
	return HV_STATUS_SUCCESS;
}

u64 vmbus_run(u64 now)
{
	u64 next;

	if (vmbus.unloading && vmbus.let_go_at <= now)
		finish_unload();
	next = vmbus.unloading ? vmbus.let_go_at : HV_NEVER;
	next = earlier(next, channels_run(now));
	next = earlier(next, noise_run(now));
	return earlier(next, run_answers(now));
}
