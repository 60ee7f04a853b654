/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo.h - a value of VMCOREINFO's text
 *
 * Called by image and origin.
 */
#ifndef HVCRASHCTL_VMCOREINFO_H
#define HVCRASHCTL_VMCOREINFO_H

/*
 * The text after "KEY=" up to the end of its line, NULL without such a line.
 * The last of several lines is the newest: the module was loaded again.
 */
const char *vmcoreinfo_value(const char *text, const char *key);

#endif
