/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pager.h - shows a long list on a terminal one screen at a time
 *
 * Called by verbs whose output may be long, before they write. If stdout is not a
 * terminal, or no pager can be started, nothing changes.
 */
#ifndef HVCRASHCTL_PAGER_H
#define HVCRASHCTL_PAGER_H

/* stdout goes to the pager from now on */
void pager_open(void);

/* Closes stdout and waits until the pager has ended. Does nothing without one. */
void pager_close(void);

#endif
