/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - what another program prints, within a bound of time
 *
 * Called by units and initrd, never with a system root of its own: nothing of
 * another system is run.
 */
#ifndef HVCRASHCTL_COMMAND_H
#define HVCRASHCTL_COMMAND_H

#include <stddef.h>
#include <sys/types.h>

/* To be freed; NULL where it cannot be run, fails, or takes too long */
char *command_output(const char *const *argv, size_t max);

/*
 * Starts it with @in for its standard input and returns what its output is read
 * from; -1 where that is not possible. @ret_pid is for command_end().
 */
int command_filter(const char *const *argv, int in, pid_t *ret_pid);

/* Ends it, whatever it does, and waits for it */
void command_end(int fd, pid_t pid);

#endif
