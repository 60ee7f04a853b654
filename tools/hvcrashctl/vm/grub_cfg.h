/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grub_cfg.h - GRUB's configuration as GRUB reads it: commands and variables
 *
 * Called by boot_loader.c. grub.cfg is a script: words in quotes, lines that go
 * on, $VARIABLES from "set", from grubenv and from the files of "load_env -f".
 * Conditions are not evaluated: every command counts.
 */
#ifndef HVCRASHCTL_GRUB_CFG_H
#define HVCRASHCTL_GRUB_CFG_H

#include "vm/sysroot.h"
#include "vm/words.h"

#define GRUB_MAX_VARS 128

/**
 * struct grub_cfg - one grub.cfg
 * @text: the file
 * @nr: of @var
 * @var: names and values
 * @has_blscfg: it takes its entries from loader/entries
 * @is_lacking: it loads variables from a file that cannot be read
 */
struct grub_cfg {
	char *text;
	unsigned int nr;
	struct {
		char *name;
		char *value;
		bool is_fixed;
	} var[GRUB_MAX_VARS];
	bool has_blscfg;
	bool is_lacking;
};

/* False if there is no such file: then only grubenv is read. Deinitialize in any case. */
bool grub_cfg_read(const struct sysroot *sysroot, const char *path,
		   struct grub_cfg *ret);
void grub_cfg_deinit(struct grub_cfg *cfg);

/*
 * The next command at *@at, which begins with cfg->text: its words without their
 * quotes. False at the end. @ret_is_vague: with a variable whose file is lacking.
 */
bool grub_cfg_next(const struct grub_cfg *cfg, const char **at,
		   char line[WORDS_LINE_BYTES], bool *ret_is_vague);

/* The variable's value, or NULL */
const char *grub_cfg_get(const struct grub_cfg *cfg, const char *name);

#endif
