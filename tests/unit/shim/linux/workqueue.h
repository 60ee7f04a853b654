/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/workqueue.h>: the parts that the module uses, for user space */
#ifndef _SHIM_WORKQUEUE_H
#define _SHIM_WORKQUEUE_H
#include <linux/types.h>

struct work_struct {
	void (*fn)(struct work_struct *work);
};

#define DECLARE_WORK(name, f) struct work_struct name = { f }

/* The test runs it when it likes */
bool schedule_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
#endif
