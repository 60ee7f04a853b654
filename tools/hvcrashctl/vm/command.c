// SPDX-License-Identifier: GPL-2.0-only
/*
 * command.c - runs a program, with its output in a pipe
 *
 * See command.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm/command.h"

#define BOUND_MS 10000

int command_filter(const char *const *argv, int in, pid_t *ret_pid)
{
	int ends[2], null;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		if (dup2(in < 0 ? null : in, STDIN_FILENO) < 0 ||
		    dup2(ends[1], STDOUT_FILENO) < 0 ||
		    dup2(null, STDERR_FILENO) < 0)
			_exit(127);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -1;
	}
	*ret_pid = pid;
	return ends[0];
}

void command_end(int fd, pid_t pid)
{
	close(fd);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

char *command_output(const char *const *argv, size_t max)
{
	long long until = now_ms() + BOUND_MS;
	char *text = calloc(1, max + 1);
	size_t used = 0;
	pid_t pid;
	int fd = text ? command_filter(argv, -1, &pid) : -1;

	if (fd < 0) {
		free(text);
		return NULL;
	}
	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		long long left = until - now_ms();
		ssize_t got;

		if (left <= 0 || poll(&ready, 1, (int)left) <= 0)
			break;
		got = read(fd, text + used, max - used);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	command_end(fd, pid);
	if (!used) {
		free(text);
		return NULL;
	}
	return text;
}
