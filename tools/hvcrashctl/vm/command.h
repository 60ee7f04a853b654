/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - runs another program and reads its output, within a time limit
 *
 * Called by units and initrd, never with --sysroot: programs of another system are
 * not run.
 */
#ifndef HVCRASHCTL_COMMAND_H
#define HVCRASHCTL_COMMAND_H

#include <stddef.h>
#include <sys/types.h>

/* The output, to be freed; NULL if the program cannot be run, fails, or takes too long */
char *command_output(const char *const *argv, size_t max);

/*
 * Starts it with @in for its standard input and returns what its output is read
 * from; -1 where that is not possible. @ret_pid is for command_end().
 */
int command_filter(const char *const *argv, int in, pid_t *ret_pid);

/* Kills it if necessary, and waits for it */
void command_end(int fd, pid_t pid);

#endif
