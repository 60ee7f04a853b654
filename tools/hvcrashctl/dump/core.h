/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core.h - reader of a guest's physical memory, whatever it is stored in
 *
 * Called by image and contents. One struct core_ops per format; a format lives
 * in one core_*.c file with the library it needs, named nowhere else. A page
 * that the source does not contain is not an error: *ret_is_present says so,
 * and no contents are ever invented.
 */
#ifndef HVCRASHCTL_CORE_H
#define HVCRASHCTL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/err.h"

#define CORE_HEAD_BYTES 64

struct core;
struct flat;

/**
 * struct core_ops - one format
 * @name: for messages
 * @probe: is a file that begins with @head of this format; NULL if not by that
 * @open: check the file and set @priv and @bytes_held
 * @read_gpa: read guest memory, all @bytes or none; may say why not in
 * core->absence
 * @vmcoreinfo: the text of VMCOREINFO, NUL-terminated, to be freed
 * @next_held: the first range of guest memory that it holds at or after @from,
 * both bounds inclusive; NULL if only a search of all pages could tell
 * @close: free @priv
 */
struct core_ops {
	const char *name;
	bool (*probe)(const unsigned char *head, size_t bytes);
	struct err *(*open)(struct core *core);
	struct err *(*read_gpa)(struct core *core, __u64 gpa, void *buf,
				size_t bytes, bool *ret_is_present);
	struct err *(*vmcoreinfo)(struct core *core, char **ret_text);
	bool (*next_held)(const struct core *core, __u64 from, __u64 *ret_first,
			  __u64 *ret_last);
	void (*close)(struct core *core);
};

/**
 * struct core - an open source
 * @ops: its format
 * @fd: the file
 * @stored_bytes: its size
 * @file_bytes: the same; of a flattened file, the size of the plain one
 * @bytes_held: amount of guest memory that it contains, an upper bound for
 * reads
 * @absence: why the last read found nothing, in a few words
 * @flat: the index of a flattened file, else NULL
 * @next_shown: of core_show()
 * @priv: the format's own
 */
struct core {
	const struct core_ops *ops;
	int fd;
	__u64 stored_bytes;
	__u64 file_bytes;
	__u64 bytes_held;
	const char *absence;
	struct flat *flat;
	struct core *next_shown;
	void *priv;
};

extern const struct core_ops core_elf_ops;
extern const struct core_ops core_kdump_ops;
extern const struct core_ops core_live_ops;
extern const struct core_ops core_devmem_ops;

#define CORE_DEVMEM "/dev/mem"

/* Whether this kernel's command line says where the last one's registry is */
bool core_devmem_is_told(void);

/* Any part of a split dump opens all parts beside it */
struct err *core_open(const char *path, struct core **ret);
/* That file alone */
struct err *core_open_file(const char *path, struct core **ret);
void core_close(struct core *core);

static inline void core_guard(struct core **core)
{
	core_close(*core);
}

#define guarded_core guarded(core_guard)

struct err *core_read_gpa(struct core *core, __u64 gpa, void *buf, size_t bytes,
			  bool *ret_is_present);
struct err *core_vmcoreinfo(struct core *core, char **ret_text);
/* false at the end, or if the source cannot say */
bool core_next_held(const struct core *core, __u64 from, __u64 *ret_first,
		    __u64 *ret_last);

/* For core_*.c: pread() to the end; *ret_bytes is less only at end of file */
struct err *core_pread(struct core *core, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes);

/*
 * From here on a library that calls pread() on core->fd reads through
 * core_pread(); core_unshow() ends that. core_reads_shown() counts such reads.
 * A read across the end of a plain file fails, but for core_fill_end(BYTE).
 */
void core_show(struct core *core);
void core_unshow(const struct core *core);
__u64 core_reads_shown(void);
void core_fill_end(int byte);

#endif
