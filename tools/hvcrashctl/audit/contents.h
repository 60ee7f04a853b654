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

/* What became of the contents since the crash path hashed them */
enum fact {
	FACT_NOT_LOOKED, /* nothing to compare: not a revoked extent */
	FACT_SAME,
	FACT_WRITTEN, /* they changed from one round to another */
	FACT_CHANGED,
	FACT_NOT_HASHED, /* the registry holds no hash */
	FACT_MISSING,	 /* a page is not in the dump */
	FACT_UNREADABLE, /* a page is, and reading it failed */
	FACT_TOO_MANY,	 /* the extents claim more pages than the dump holds */
	FACT_GIVEN_ON,	 /* after a kexec: the next kernel uses that memory */
	FACT_STOPPED,	 /* told to stop before it was read once */
	FACT_NR,
};

/**
 * struct facts_watched - contents from one round to the next; a million of them
 * have to fit into a crash kernel
 * @hash: most of the last round's
 * @is_hashed: whether there is one
 * @is_written: it was another one before
 */
struct facts_watched {
	__u64 hash : 62;
	__u64 is_hashed : 1;
	__u64 is_written : 1;
};

#define FACTS_WHY_BYTES 80

/**
 * struct facts - one fact for each extent record
 * @is_watched: set by the caller: there will be more rounds, so keep @watched,
 * and read also what is still shared or has no hash
 * @rounds: how many times all was read
 * @written: extents that changed from one round to another
 * @watched: one for each record, NULL if not watched
 * @fact: enum fact
 * @nr: entries
 * @has_absent: an extent is FACT_MISSING or FACT_UNREADABLE
 * @absent_gpa: the first such page
 * @absent_why: and why it cannot be had
 */
struct facts {
	bool is_watched;
	__u64 rounds;
	__u64 written;
	struct facts_watched *watched;
	unsigned char *fact;
	__u64 nr;
	bool has_absent;
	__u64 absent_gpa;
	char absent_why[FACTS_WHY_BYTES];
};

/*
 * Read every page that has a hash and compare; called again, another round.
 * @is_stopped, which may be NULL, ends a round early: what was not read keeps
 * its fact of the round before.
 */
struct err *facts_collect(const struct image *image, bool (*is_stopped)(void),
			  struct facts *facts);
void facts_deinit(struct facts *facts);

#endif
