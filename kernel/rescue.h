/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rescue.h - in a crash kernel: revoke what the first kernel could not
 */
#ifndef _HVCRASH_RESCUE_H
#define _HVCRASH_RESCUE_H

int hvcrash_rescue(void);

#endif /* _HVCRASH_RESCUE_H */
