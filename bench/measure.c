// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure.c - runs two commands in turns and measures each run
 *
 * Called by bench/run: measure N COMMAND... -- COMMAND... Prints a line for
 * each run of either: "a" or "b", microseconds of wall clock, of CPU (user and
 * kernel), peak memory in KiB. In turns, so that other load and the contents of
 * caches affect both alike; the first pair is not counted. The commands' output
 * goes to /dev/null; a run that fails ends the measurement.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t wall_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t timeval_us(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static void run(char **command, char name, int is_counted)
{
	int64_t begin = wall_us();
	struct rusage usage;
	int status;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		exit(1);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "measure: %s ended with status %d\n",
			command[0],
			WIFEXITED(status) ? WEXITSTATUS(status) : -1);
		exit(1);
	}
	if (is_counted)
		printf("%c %lld %lld %ld\n", name,
		       (long long)(wall_us() - begin),
		       (long long)(timeval_us(usage.ru_utime) +
				   timeval_us(usage.ru_stime)),
		       usage.ru_maxrss);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	char **second = NULL;

	for (int i = 2; i < argc && !second; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		second = argv + i + 1;
	}
	if (!rounds || !second || !*second) {
		fprintf(stderr, "usage: measure N COMMAND... -- COMMAND...\n");
		return 2;
	}
	for (int i = 0; i <= rounds; i++) {
		run(argv + 2, 'a', i);
		run(second, 'b', i);
		fflush(stdout);
	}
	return 0;
}
