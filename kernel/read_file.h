/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read_file.h - read a file that the kernel itself writes
 */
#ifndef _HVCRASH_READ_FILE_H
#define _HVCRASH_READ_FILE_H

#include <linux/fs.h>

int hvcrash_read_file(struct file *file, void *buf, size_t bytes, loff_t at);

#endif /* _HVCRASH_READ_FILE_H */
