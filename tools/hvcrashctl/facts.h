/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts.h - what the dump's pages say about each extent
 *
 * Called by verb_audit between image and audit. One byte for each extent
 * record, in iteration order, so that a large registry costs little memory.
 */
#ifndef HVCRASHCTL_FACTS_H
#define HVCRASHCTL_FACTS_H

#include <stdbool.h>
#include <linux/types.h>

#include "err.h"
#include "image.h"

/* What became of the contents since the crash path hashed them */
enum fact {
	FACT_NOT_LOOKED, /* nothing to compare: not a revoked extent */
	FACT_SAME,
	FACT_CHANGED,
	FACT_NOT_HASHED, /* the registry holds no hash */
	FACT_MISSING,	 /* a page is not in the dump */
	FACT_UNREADABLE, /* a page is, and reading it failed */
	FACT_TOO_MANY,	 /* the extents claim more pages than the dump holds */
	FACT_GIVEN_ON,	 /* after a kexec: the next kernel uses that memory */
	FACT_NR,
};

#define FACTS_WHY_BYTES 80

/**
 * struct facts - one fact for each extent record
 * @fact: enum fact
 * @nr: entries
 * @has_absent: an extent is FACT_MISSING or FACT_UNREADABLE
 * @absent_gpa: the first such page
 * @absent_why: and why it cannot be had
 */
struct facts {
	unsigned char *fact;
	__u64 nr;
	bool has_absent;
	__u64 absent_gpa;
	char absent_why[FACTS_WHY_BYTES];
};

/* Read every page that has a hash and compare */
struct err *facts_collect(const struct image *image, struct facts *ret);
void facts_deinit(struct facts *facts);

#endif
