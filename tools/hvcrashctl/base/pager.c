// SPDX-License-Identifier: GPL-2.0-only
/*
 * pager.c - $HVCRASH_PAGER, $PAGER or less
 *
 * See pager.h. Like journalctl: the command comes from the environment, and the
 * user's own settings of less are kept. Not if the process gained privileges
 * (sudo keeps $PAGER), since less can run commands.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pager.h"

static pid_t pager;

static const char *command(void)
{
	const char *found = getenv("HVCRASH_PAGER");

	if (!found)
		found = getenv("PAGER");
	return found ? found : "less";
}

static void run(int from)
{
	const char *const arguments[] = { "sh", "-c", command(), NULL };

	if (dup2(from, STDIN_FILENO) < 0)
		_exit(127);
	close(from);
	/*
	 * quit if the text fits on one screen, keep colours, leave the text
	 * there
	 */
	setenv("LESS", "FRXM", 0);
	setenv("LESSSECURE", "1", 1);
	execv("/bin/sh", (char *const *)arguments);
	_exit(127);
}

void pager_open(void)
{
	const char *wanted = command();
	int ends[2];

	if (pager || !isatty(STDOUT_FILENO) || !*wanted || getauxval(AT_SECURE))
		return;
	if (pipe(ends))
		return;
	fflush(NULL);
	pager = fork();
	if (!pager) {
		close(ends[1]);
		run(ends[0]);
	}
	if (pager > 0)
		dup2(ends[1], STDOUT_FILENO);
	else
		pager = 0;
	close(ends[0]);
	close(ends[1]);
}

void pager_close(void)
{
	if (!pager)
		return;
	fflush(stdout);
	/* the pager sees the end only when the last writer is gone; main()
	 * closes stdout once more, and finds nothing wrong with it
	 */
	if (!freopen("/dev/null", "w", stdout))
		close(STDOUT_FILENO);
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		;
	pager = 0;
}
