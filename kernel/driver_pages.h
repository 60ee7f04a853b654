/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * driver_pages.h - pages that other drivers registered
 */
#ifndef _HVCRASH_DRIVER_PAGES_H
#define _HVCRASH_DRIVER_PAGES_H

#include <linux/types.h>
#include "include/hvcrash_pages.h"

/* Registrations at the same time; each is a driver's buffer, not a page */
#define HVCRASH_MAX_DRIVER_PAGES 256

void hvcrash_driver_pages_revoke(void);

int hvcrash_driver_pages_init(void);
void hvcrash_driver_pages_deinit(void);

#endif /* _HVCRASH_DRIVER_PAGES_H */
