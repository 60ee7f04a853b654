/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo.h - a value of VMCOREINFO's text
 *
 * Called by image and origin.
 */
#ifndef HVCRASHCTL_VMCOREINFO_H
#define HVCRASHCTL_VMCOREINFO_H

/*
 * What follows "KEY=" up to the end of its line, NULL where there is none. Of
 * several lines the last is the newest: a module was loaded again.
 */
const char *vmcoreinfo_value(const char *text, const char *key);

#endif
