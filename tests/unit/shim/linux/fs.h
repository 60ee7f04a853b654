/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/fs.h>: the parts that the module uses, for user space; the test has the file */
#ifndef _SHIM_FS_H
#define _SHIM_FS_H
#include <fcntl.h>
#include <sys/types.h>
struct file;
struct file *filp_open(const char *path, int flags, unsigned short mode);
int filp_close(struct file *file, void *id);
ssize_t kernel_read(struct file *file, void *buf, size_t bytes, loff_t *at);
#endif
