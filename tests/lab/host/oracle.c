// SPDX-License-Identifier: GPL-2.0-only
/*
 * oracle.c - reports what the hypervisor knows: one line in, one line of JSON
 * out, at any time and without the guest's help
 *
 *   state              everything below; "kernel" is the number of kernels that have
 *                      identified themselves, and for an overlay or a page of the
 *                      ledger the number of the kernel that it belongs to
 *   registers          each VP's processor registers, if it answers
 *   options            the options' values
 *   help               the options' meanings and defaults
 *   option NAME=VALUE  sets options: options.c
 *   peek GPA [BYTES]   what the guest sees there, and what is beneath an overlay
 *   poke GPA [VALUE]   writes 64 bits of the guest's own page; without VALUE, inverts
 *                      a byte
 *   nmi [VP]           sends an NMI, to all VPs without a number
 *   deaf VP 0|1        stops that VP, or lets it continue
 *   freeze 0|1         all VPs leave the guest and wait, for a snapshot
 *   rescind RELID      rescinds a channel
 *   offer NAME         offers a device, whether or not "devices" lists it
 *   quit
 *
 * The answer is {} if there is nothing to report, {"error":"..."} if the
 * request failed. Registers are strings, since not every reader's numbers hold
 * 64 bits; pages are ranges [first PFN, number].
 */
#include "vmbus.h"
#include "device.h"

typedef unsigned long long ull;

static void put_char(void *to, char c)
{
	(void)to;
	platform_oracle_put(c);
}

void put(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_each(put_char, NULL, format, args);
	va_end(args);
}

static void registers(void)
{
	put("{\"vps\":[");
	for (u32 vp = 0; vp < host.vps; vp++) {
		put("%s{\"vp\":%u,\"started\":%s,\"registers\":{",
		    vp ? "," : "", vp, host.vp[vp].started ? "true" : "false");
		platform_registers_json(vp);
		put("}}");
	}
	put("]}\n");
}

/* Escapes the text, some of which comes from the request */
static void error(const char *why)
{
	put("{\"error\":\"");
	for (; *why; why++)
		if (*why == '"' || *why == '\\')
			put("\\%c", *why);
		else
			put("%c", *why < ' ' || *why > '~' ? '?' : *why);
	put("\"}\n");
}

static void done(const char *wrong)
{
	if (wrong)
		error(wrong);
	else
		put("{}\n");
}

/* The words of a request; missing ones are "" */
#define WORDS 3
#define WORD_BYTES 32

struct request {
	char word[WORDS][WORD_BYTES];
	u32 words;
};

static bool split(const char *line, struct request *ret)
{
	u32 n;

	memset(ret, 0, sizeof(*ret));
	for (; *line; ret->words++) {
		if (*line == ' ') {
			line++;
			ret->words--;
			continue;
		}
		if (ret->words == WORDS)
			return false;
		for (n = 0; *line && *line != ' '; line++) {
			if (n == WORD_BYTES - 1)
				return false;
			ret->word[ret->words][n++] = *line;
		}
	}
	return true;
}

static bool number(const struct request *r, u32 word, u64 most, u64 *ret)
{
	u64 value;

	if (!parse_number(r->word[word], strlen(r->word[word]), &value) ||
	    value > most)
		return false;
	*ret = value;
	return true;
}

static void hex(const u8 *at, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		put("%02x", at[i]);
}

static const char *peek(const struct request *r)
{
	u64 gpa, bytes = 16;
	u8 *seen, *beneath;

	if (!number(r, 1, UINT64_MAX - HV_PAGE, &gpa) ||
	    (r->words > 2 && !number(r, 2, HV_PAGE, &bytes)))
		return "peek: GPA [BYTES]";
	seen = platform_guest(gpa, (u32)bytes);
	beneath = platform_beneath(gpa, (u32)bytes);
	if (!bytes || !seen || !beneath)
		return "not within one page of memory";
	put("{\"gpa\":\"%#llx\",\"seen\":\"", (ull)gpa);
	hex(seen, (u32)bytes);
	put("\",\"beneath\":\"");
	hex(beneath, (u32)bytes);
	put("\"}\n");
	return NULL;
}

static const char *poke(const struct request *r)
{
	u64 gpa, value = 0;
	u8 *at;

	if (!number(r, 1, UINT64_MAX - HV_PAGE, &gpa) ||
	    (r->words > 2 && !number(r, 2, UINT64_MAX, &value)))
		return "poke: GPA [VALUE]";
	at = platform_beneath(gpa, r->words > 2 ? 8 : 1);
	if (!at)
		return "not within one page of memory";
	if (r->words > 2)
		put64(at, value);
	else
		*at ^= 0xff;
	return "";
}

static const char *nmi(const struct request *r)
{
	u64 only = 0;

	if (r->words > 1 && !number(r, 1, host.vps - 1, &only))
		return "nmi: no such VP";
	for (u32 vp = 0; vp < host.vps; vp++)
		if (r->words < 2 || vp == only)
			platform_nmi(vp);
	return "";
}

static const char *deaf(const struct request *r)
{
	u64 vp, is;

	if (!number(r, 1, host.vps - 1, &vp) || !number(r, 2, 1, &is))
		return "deaf: VP 0|1";
	platform_freeze_vp((u32)vp, is);
	return "";
}

static const char *freeze(const struct request *r)
{
	u64 is;

	if (!number(r, 1, 1, &is))
		return "freeze: 0|1";
	platform_freeze(is);
	return "";
}

static const char *rescind(const struct request *r)
{
	u64 relid;

	if (!number(r, 1, MAX_CHANNELS, &relid) || !channel_rescind((u32)relid))
		return "rescind: no such channel";
	return "";
}

static const char *offer(const struct request *r)
{
	struct channel *c;

	if (!vmbus.connected)
		return "offer: VMBus is not connected";
	for (u32 i = 0; i < nr_devices; i++) {
		if (strcmp(devices[i]->name, r->word[1]))
			continue;
		c = channel_of(i + 1) ? NULL : channel_add(devices[i], 0);
		if (!c)
			return "offer: offered already";
		channel_offer(c);
		return "";
	}
	return "offer: no such device";
}

/* Error text; "" to answer {}; NULL if the answer has been written */
static const struct {
	const char *name;
	const char *(*answer)(const struct request *r);
} requests[] = {
	{ "peek", peek },   { "poke", poke },	  { "nmi", nmi },
	{ "deaf", deaf },   { "freeze", freeze }, { "rescind", rescind },
	{ "offer", offer },
};

static void answer(const struct request *r)
{
	const char *wrong;

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		if (strcmp(requests[i].name, r->word[0]))
			continue;
		wrong = requests[i].answer(r);
		if (wrong)
			done(*wrong ? wrong : NULL);
		return;
	}
	error("no such request");
}

void hv_oracle(const char *request)
{
	struct request r;

	if (!strncmp(request, "option ", 7)) {
		done(options_set(request + 7, true));
	} else if (!split(request, &r)) {
		error("too many words, or too long");
	} else if (!strcmp(request, "state")) {
		oracle_state();
	} else if (!strcmp(request, "registers")) {
		registers();
	} else if (!strcmp(request, "options")) {
		put("{");
		options_json();
		put("}\n");
	} else if (!strcmp(request, "help")) {
		put("{");
		options_help_json();
		put("}\n");
	} else if (!strcmp(request, "quit")) {
		done(NULL);
		platform_end("quit");
	} else {
		answer(&r);
	}
}
