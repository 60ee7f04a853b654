/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unload.h - ask the host to give all of VMBus back, and note what came of it
 */
#ifndef _HVCRASH_UNLOAD_H
#define _HVCRASH_UNLOAD_H

#include "vmbus_layout.h"

/**
 * hvcrash_unload_fn - ask the host to unload VMBus and wait for it, bounded
 *
 * Return: whether it answered, HVCRASH_ANSWER_UNKNOWN where the caller cannot tell.
 */
typedef enum hvcrash_answer (*hvcrash_unload_fn)(void);

void hvcrash_unload_vmbus(hvcrash_unload_fn unload);

#endif /* _HVCRASH_UNLOAD_H */
