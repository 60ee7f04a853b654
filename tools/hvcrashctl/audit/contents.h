/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contents.h - what the dump's pages say about each extent
 *
 * Called by verb_audit between image and audit. One byte for each extent
 * record, in iteration order, so that a large registry costs little memory.
 */
#ifndef HVCRASHCTL_CONTENTS_H
#define HVCRASHCTL_CONTENTS_H

#include <stdbool.h>
#include <linux/types.h>

#include "base/err.h"
#include "registry/image.h"

/* State of the contents compared with the hash of the crash path */
enum contents_fact {
	CONTENTS_NOT_LOOKED, /* nothing to compare: not a revoked extent */
	CONTENTS_SAME,
	CONTENTS_WRITTEN, /* they changed from one round to another */
	CONTENTS_CHANGED,
	CONTENTS_NOT_HASHED, /* the registry has no hash */
	CONTENTS_MISSING,    /* a page is not in the dump */
	CONTENTS_UNREADABLE, /* a page is there, but reading it failed */
	CONTENTS_TOO_MANY, /* the extents claim more pages than the dump holds */
	CONTENTS_GIVEN_ON, /* after a kexec: the next kernel uses that memory */
	CONTENTS_STOPPED,  /* told to stop before it was read once */
	CONTENTS_NR,
};

/**
 * struct contents_watched - contents from one round to the next; a million of
 * them have to fit into a crash kernel
 * @hash: most of the last round's
 * @is_hashed: whether there is one
 * @is_written: the hash was different before
 */
struct contents_watched {
	__u64 hash : 62;
	__u64 is_hashed : 1;
	__u64 is_written : 1;
};

#define CONTENTS_WHY_BYTES 80

/**
 * struct contents - one fact for each extent record
 * @is_watched: set by the caller: there will be more rounds, so keep @watched,
 * and read also what is still shared or has no hash
 * @rounds: how often all contents were read
 * @written: extents that changed from one round to another
 * @watched: one for each record, NULL if not watched
 * @fact: enum contents_fact
 * @nr: entries
 * @has_absent: an extent is CONTENTS_MISSING or CONTENTS_UNREADABLE
 * @absent_gpa: the first such page
 * @absent_why: and why it cannot be read
 */
struct contents {
	bool is_watched;
	__u64 rounds;
	__u64 written;
	struct contents_watched *watched;
	unsigned char *fact;
	__u64 nr;
	bool has_absent;
	__u64 absent_gpa;
	char absent_why[CONTENTS_WHY_BYTES];
};

/*
 * Read every page that has a hash and compare; called again, another round.
 * @is_stopped, which may be NULL, ends a round early: what was not read keeps
 * its fact of the round before.
 */
struct err *contents_collect(const struct image *image,
			     bool (*is_stopped)(void),
			     struct contents *contents);
void contents_deinit(struct contents *contents);

#endif
