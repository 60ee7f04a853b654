// SPDX-License-Identifier: GPL-2.0-only
/*
 * between.c - preloaded into hvcrashctl: runs a command between two rounds
 *
 * Used by watch.bats, so that no test depends on timing. Where the tool would
 * wait, the command in BETWEEN runs to its end, with the number of the round
 * in ROUND and the tool's process in TOOL; then the wait is over. Signals that
 * it sent are delivered as the tool asked. RAISE=N sends the tool signal N before
 * its first round, as soon as it no longer blocks it.
 */
#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int ppoll(struct pollfd *fds, nfds_t nr, const struct timespec *time,
	  const sigset_t *mask);
int sigaction(int number, const struct sigaction *new, struct sigaction *old);

static void run_command(const char *command)
{
	static int round;
	char text[16];
	pid_t child;

	snprintf(text, sizeof(text), "%d", ++round);
	setenv("ROUND", text, 1);
	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("TOOL", text, 1);
	child = fork();
	if (!child) {
		unsetenv("LD_PRELOAD");
		execl("/bin/bash", "bash", "-c", command, NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

int ppoll(struct pollfd *fds, nfds_t nr, const struct timespec *time,
	  const sigset_t *mask)
{
	const struct timespec none = { 0 };
	int (*real)(struct pollfd *, nfds_t, const struct timespec *,
		    const sigset_t *) = dlsym(RTLD_NEXT, "ppoll");
	const char *command = getenv("BETWEEN");

	(void)time;
	if (command)
		run_command(command);
	return real(fds, nr, &none, mask);
}

int sigaction(int number, const struct sigaction *new, struct sigaction *old)
{
	int (*real)(int, const struct sigaction *, struct sigaction *) =
		dlsym(RTLD_NEXT, "sigaction");
	const char *early = getenv("RAISE");
	int ret = real(number, new, old);

	if (early && number == atoi(early)) {
		unsetenv("RAISE");
		raise(number);
	}
	return ret;
}
