/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contents.h - [NMI] what revoked pages held when the first kernel ended
 */
#ifndef _HVCRASH_CONTENTS_H
#define _HVCRASH_CONTENTS_H

void hvcrash_contents_hash(void);

#endif /* _HVCRASH_CONTENTS_H */
