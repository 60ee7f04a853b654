// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - the table of options: names, defaults, meanings
 *
 * Options come from the lab's command line at the start, and from the oracle
 * ("option NAME=VALUE") at any time. The same table serves both.
 */
#include "core.h"
#include "device.h"

struct options options;

enum option_kind {
	OPTION_NUMBER,
	OPTION_VERSION, /* 5.3 */
	OPTION_CHOICE,	/* one of the words */
	OPTION_VPS,	/* a number, "all", or "that" */
	OPTION_PLACE,	/* simp:1, hypercall, simp:all, a GPA, or empty */
	OPTION_DEVICES, /* names, with commas between */
};

struct option {
	const char *name;
	enum option_kind kind;
	size_t at;
	u64 most;
	const char *initially;
	const char *help;
	bool at_start_only;
	const char *const *words;
};

static const char *const unload_words[] = { "after", "before", "never", NULL };
static const char *const moment_words[] = {
	"none",		"crash-notify", "unload", "unload-answer",
	"register-off", "eom",		NULL
};

/* Options of the first kind can only be set at the start */
#define AT(member) offsetof(struct options, member)
#define FIXED(name, member, most, initially, help)                            \
	{                                                                     \
		name, OPTION_NUMBER, AT(member), most, initially, help, true, \
			NULL                                                  \
	}
#define NUMBER(name, member, most, initially, help)                            \
	{                                                                      \
		name, OPTION_NUMBER, AT(member), most, initially, help, false, \
			NULL                                                   \
	}
#define PLACE(name, member, help)                                        \
	{                                                                \
		name, OPTION_PLACE, AT(member), 0, "", help, false, NULL \
	}
#define CHOICE(name, member, words, initially, help)                        \
	{                                                                   \
		name, OPTION_CHOICE, AT(member), 0, initially, help, false, \
			words                                               \
	}

/* clang-format off */
static const struct option table[] = {
	{ "vmbus", OPTION_VERSION, AT(vmbus), 6ull << 16, "5.3",
	  "the newest version of VMBus that is accepted: 2.4, 3.0, 4.0, 4.1, 5.0 to 5.3, 6.0",
	  false, NULL },
	{ "devices", OPTION_DEVICES, AT(devices), 0,
	  "balloon,heartbeat,timesync,shutdown,kvp",
	  "devices to offer, separated by commas, or all", false, NULL },
	NUMBER("subchannels", subchannels, 15, "3",
	       "sub-channels of netvsc and of storvsc, if the guest asks for them"),
	NUMBER("balloon-mib", balloon_mib, 65536, "0",
	       "memory to take from the guest by its balloon"),
	FIXED("hot-add-at", hot_add_at, UINT32_MAX, "0",
	      "hide 128 MiB from the guest at boot, from this GPA on, a multiple of 128 MiB; 0: none"),
	NUMBER("hot-add", hot_add, 1, "0", "give the guest that hidden memory"),
	FIXED("vp-offset", vp_offset, 1024, "0",
	      "difference between a VP's index and its number"),
	FIXED("timers", timers, 1, "1", "offer synthetic timers"),
	FIXED("direct-timers", direct_timers, 1, "1", "offer direct mode of synthetic timers"),
	FIXED("flush-hypercall", flush_hypercall, 1, "1",
	      "advise to flush TLBs by hypercall"),
	FIXED("ipi-hypercall", ipi_hypercall, 1, "1",
	      "advise to send IPIs by hypercall"),
	FIXED("crash-notify", crash_notify, 1, "1", "offer the crash registers"),
	FIXED("crash-message", crash_message, 1, "1",
	      "accept a message with a crash"),
	FIXED("l1vh", l1vh, 1, "0",
	      "give the guest the privileges of a partition that may create others"),
	FIXED("build", build, UINT32_MAX, "20348", "the host's build number"),
	FIXED("apic-hz", apic_hz, UINT32_MAX, "1000000000",
	      "value of the APIC frequency register"),
	NUMBER("noise", noise, 1, "1",
	       "write into all held pages until they are released"),
	NUMBER("noise-ms", noise_ms, 60000, "20", "how often to write"),
	NUMBER("fast", fast, 1, "0",
	       "answer a message before the guest's hypercall returns"),
	NUMBER("answer-ms", answer_ms, 60000, "0",
	       "delay of each answer"),
	CHOICE("unload", unload, unload_words, "after",
	       "answer UNLOAD after all pages are released, before that, or never (and keep all pages)"),
	NUMBER("unload-ms", unload_ms, 600000, "0",
	       "duration of the release of all pages"),
	NUMBER("chatter", chatter, 128, "0",
	       "number of other messages before the answer to UNLOAD"),
	NUMBER("refuse-gpadl", refuse_gpadl, UINT32_MAX, "0",
	       "refuse this GPADL, counted from now; 0: none"),
	PLACE("stuck-on", stuck_on, "the register KIND:VP that does not go off"),
	PLACE("lying-off", lying_off,
	      "the register KIND:VP that reads off while its overlay stays"),
	PLACE("write-after", write_after,
	      "write at a GPA after UNLOAD, or into KIND:VP's page after it went off"),
	CHOICE("nmi-at", nmi_at, moment_words, "none",
	       "send an NMI, once, at crash-notify, unload, unload-answer, register-off or eom"),
	{ "nmi-vp", OPTION_VPS, AT(nmi_vp), HV_MAX_VPS - 1, "all",
	  "target of the NMI: this VP, all, or that, the VP on which the moment occurred", false, NULL },
	NUMBER("nmi-ms", nmi_ms, 600000, "0", "delay of the NMI after that moment"),
};
/* clang-format on */

/* A word of the line, and the error text about it */
struct word {
	const char *at;
	size_t length;
};

static bool is(const struct word *w, const char *name)
{
	return strlen(name) == w->length && !strncmp(w->at, name, w->length);
}

/* Cuts w before the first c; *ret_rest is the rest after c. */
static bool cut(struct word *w, char c, struct word *ret_rest)
{
	for (size_t i = 0; i < w->length; i++)
		if (w->at[i] == c) {
			*ret_rest = (struct word){ w->at + i + 1,
						   w->length - i - 1 };
			w->length = i;
			return true;
		}
	*ret_rest = (struct word){ w->at + w->length, 0 };
	return false;
}

static bool to_number(const struct word *w, u64 most, u64 *ret_value)
{
	u64 value;

	if (!parse_number(w->at, w->length, &value) || value > most)
		return false;
	*ret_value = value;
	return true;
}

static bool to_version(struct word w, u64 most, u64 *ret_value)
{
	struct word minor;
	u64 a, b;

	if (!cut(&w, '.', &minor) || !to_number(&w, 255, &a) ||
	    !to_number(&minor, 255, &b) || (a << 16 | b) > most)
		return false;
	*ret_value = a << 16 | b;
	return true;
}

static bool to_choice(const struct word *w, const char *const *words,
		      u64 *ret_value)
{
	for (u64 i = 0; words[i]; i++)
		if (is(w, words[i])) {
			*ret_value = i;
			return true;
		}
	return false;
}

static bool to_vps(const struct word *w, u64 most, u64 *ret_value)
{
	if (is(w, "all"))
		*ret_value = ALL_VPS;
	else if (is(w, "that"))
		*ret_value = THAT_VP;
	else
		return to_number(w, most, ret_value);
	return true;
}

static bool to_place(struct word w, struct option_place *ret_place)
{
	struct option_place place = { .set = w.length, .vp = ALL_VPS };
	struct word rest;
	u64 vp;

	place.is_gpa = parse_number(w.at, w.length, &place.gpa);
	if (place.set && !place.is_gpa) {
		if (cut(&w, ':', &rest)) {
			if (!to_vps(&rest, HV_MAX_VPS - 1, &vp) ||
			    vp == THAT_VP)
				return false;
			place.vp = (u32)vp;
		}
		while (place.kind < OVERLAY_KINDS &&
		       !is(&w, overlay_name(place.kind)))
			place.kind++;
		if (place.kind == OVERLAY_KINDS)
			return false;
	}
	*ret_place = place;
	return true;
}

static bool to_devices(struct word w, u64 *ret_value)
{
	u64 set = 0;
	struct word rest;
	u32 i;

	if (is(&w, "all")) {
		*ret_value = (1ull << nr_devices) - 1;
		return true;
	}
	for (; w.length; w = rest) {
		cut(&w, ',', &rest);
		for (i = 0; i < nr_devices && !is(&w, devices[i]->name); i++)
			;
		if (i == nr_devices)
			return false;
		set |= 1ull << i;
	}
	*ret_value = set;
	return true;
}

static bool set_one(struct options *in, const struct option *o, struct word w)
{
	void *at = (char *)in + o->at;

	switch (o->kind) {
	case OPTION_NUMBER:
		return to_number(&w, o->most, at);
	case OPTION_VERSION:
		return to_version(w, o->most, at);
	case OPTION_CHOICE:
		return to_choice(&w, o->words, at);
	case OPTION_VPS:
		return to_vps(&w, o->most, at);
	case OPTION_PLACE:
		return to_place(w, at);
	case OPTION_DEVICES:
		return to_devices(w, at);
	}
	return false;
}

static const struct option *find(const struct word *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (is(name, table[i].name))
			return &table[i];
	return NULL;
}

void options_default(void)
{
	memset(&options, 0, sizeof(options));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		set_one(&options, &table[i],
			(struct word){ table[i].initially,
				       strlen(table[i].initially) });
}

static const char *wrong(const char *why, struct word w)
{
	static char line[160];

	format_line(line, sizeof(line), "%s: %.*s", why,
		    (int)earlier(w.length, 100), w.at);
	return line;
}

const char *options_set(const char *words, bool running)
{
	struct options changed = options;
	struct word line = { words, strlen(words) }, rest, w, value;
	const struct option *o;

	for (; line.length; line = rest) {
		cut(&line, ' ', &rest);
		if (!line.length)
			continue;
		w = line;
		if (!cut(&w, '=', &value))
			return wrong("not of the form NAME=VALUE", line);
		o = find(&w);
		if (!o)
			return wrong("no such option", w);
		if (o->at_start_only && running)
			return wrong("only at the start", w);
		if (!set_one(&changed, o, value))
			return wrong("bad value", line);
	}
	options = changed;
	if (running)
		faults_rearm();
	return NULL;
}

static void place_json(const struct option_place *place)
{
	if (!place->set)
		put("null");
	else if (place->is_gpa)
		put("\"%#llx\"", (unsigned long long)place->gpa);
	else if (place->vp == ALL_VPS)
		put("\"%s\"", overlay_name(place->kind));
	else
		put("\"%s:%u\"", overlay_name(place->kind), place->vp);
}

static void devices_json(u64 set)
{
	const char *comma = "";

	put("\"");
	for (u32 i = 0; i < nr_devices; i++)
		if (set >> i & 1) {
			put("%s%s", comma, devices[i]->name);
			comma = ",";
		}
	put("\"");
}

static void value_json(const struct option *o)
{
	const void *at = (const char *)&options + o->at;
	u64 value = o->kind == OPTION_PLACE ? 0 : *(const u64 *)at;

	switch (o->kind) {
	case OPTION_NUMBER:
		put("%llu", (unsigned long long)value);
		break;
	case OPTION_VERSION:
		put("\"%u.%u\"", (u32)value >> 16, (u32)value & 0xffff);
		break;
	case OPTION_CHOICE:
		put("\"%s\"", o->words[value]);
		break;
	case OPTION_VPS:
		if (value == ALL_VPS)
			put("\"all\"");
		else if (value == THAT_VP)
			put("\"that\"");
		else
			put("%llu", (unsigned long long)value);
		break;
	case OPTION_PLACE:
		place_json(at);
		break;
	case OPTION_DEVICES:
		devices_json(value);
		break;
	}
}

void options_json(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		put("%s\"%s\":", i ? "," : "", table[i].name);
		value_json(&table[i]);
	}
}

/* The help texts, in the same format */
void options_help_json(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		put("%s\"%s\":\"%s (%s)\"", i ? "," : "", table[i].name,
		    table[i].help,
		    *table[i].initially ? table[i].initially : "none");
}
