// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_buffers.c - buffers that drivers shared before hvcrash was loaded
 *
 * Called by vmbus_late.c, in process context, for each device with a driver that
 * shares more than its rings. netvsc and uio_hv_generic keep a public struct
 * vmbus_gpadl for each of their buffers in private structs, which the
 * kernel's BTF describes: it has the handle, the address and the size. How the driver
 * allocated the memory (contiguous, by vmalloc() or in mapped chunks) does not matter.
 *
 * Invariant: either everything that a device shares is recorded, or the caller is told
 * that it is not. A pointer is followed only if it looks valid.
 *
 * Leaves out: drivers that it does not know, which the caller counts.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hyperv.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "compat/compat.h"
#include "hvcrash.h"
#include "inject.h"
#include "vmbus_buffers.h"
#include "vmbus_layout.h"
#include "vmbus_pages.h"

/* Several times the largest buffer that netvsc requests */
#define MAX_BUFFER_BYTES (256U << 20)

#define NR_BUFFERS 2

/*
 * The path from the driver's own data to the struct with the buffers, and the buffers;
 * without a pointer if the data contain the buffers directly.
 */
static const struct hvcrash_layout_member netvsc_members[] = {
	{ "netvsc_device", "recv_buf_gpadl_handle",
	  sizeof(struct vmbus_gpadl) },
	{ "netvsc_device", "send_buf_gpadl_handle",
	  sizeof(struct vmbus_gpadl) },
	{ "net_device_context", "nvdev", sizeof(void *) },
};

static const struct hvcrash_layout_member uio_members[] = {
	{ "hv_uio_private_data", "recv_gpadl", sizeof(struct vmbus_gpadl) },
	{ "hv_uio_private_data", "send_gpadl", sizeof(struct vmbus_gpadl) },
};

static int enter(const struct hvcrash_owner *owner, const void *buffer,
		 u32 pages)
{
	struct hvcrash_range *ranges = NULL;
	int ret = -EINVAL;
	u32 n;

	if (!hvcrash_inject_alloc_fails())
		ranges = kvmalloc_array(pages, sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return -ENOMEM;
	n = hvcrash_vmbus_ranges(buffer, pages, ranges);
	if (n)
		ret = hvcrash_registry_reserve(&hvcrash_registry, n);
	if (!ret)
		ret = hvcrash_registry_publish_found(&hvcrash_registry, owner,
						     ranges, n);
	kvfree(ranges);
	return ret == -EEXIST ? 0 : ret;
}

static int enter_gpadl(u32 relid, const struct vmbus_gpadl *gpadl,
		       u32 next_gpadl)
{
	const struct hvcrash_owner owner = { .kind = HVCRASH_KIND_GPADL,
					     .gpadl = gpadl->gpadl_handle,
					     .relid = relid };

	/* A buffer that does not exist yet, or no longer exists */
	if (!gpadl->gpadl_handle)
		return 0;
	if (gpadl->gpadl_handle >= next_gpadl || !gpadl->size ||
	    gpadl->size > MAX_BUFFER_BYTES ||
	    !IS_ALIGNED((unsigned long)gpadl->buffer, HV_HYP_PAGE_SIZE))
		return -EINVAL;
	return enter(&owner, gpadl->buffer,
		     hvcrash_vmbus_gpadl_pages(0, gpadl->size));
}

static int enter_buffers(struct hv_device *hv, const void *data,
			 const u32 *offset, u32 next_gpadl)
{
	struct vmbus_gpadl gpadl;
	int ret = 0;
	u32 i;

	for (i = 0; i < NR_BUFFERS && !ret; i++) {
		ret = copy_from_kernel_nofault(&gpadl, data + offset[i],
					       sizeof(gpadl));
		if (!ret)
			ret = enter_gpadl(hv->channel->offermsg.child_relid,
					  &gpadl, next_gpadl);
	}
	return ret;
}

/* A change of the MTU or the number of queues creates new buffers under this lock */
static int find_netvsc(struct hv_device *hv, u32 next_gpadl)
{
	struct net_device *net = hv_get_drvdata(hv);
	u32 offset[ARRAY_SIZE(netvsc_members)];
	const void *nvdev;
	int ret;

	/* Such a kernel has no netvsc, and nothing to link the lock against */
	if (!IS_ENABLED(CONFIG_NET))
		return -ENODEV;
	ret = hvcrash_layout_find("hv_netvsc", netvsc_members,
				  ARRAY_SIZE(netvsc_members), offset);
	if (ret || !net)
		return ret;
	rtnl_lock();
	ret = copy_from_kernel_nofault(
		&nvdev, netdev_priv(net) + offset[NR_BUFFERS], sizeof(nvdev));
	if (!ret && nvdev)
		ret = enter_buffers(hv, nvdev, offset, next_gpadl);
	rtnl_unlock();
	return ret;
}

static int find_uio(struct hv_device *hv, u32 next_gpadl)
{
	const void *data = hv_get_drvdata(hv);
	u32 offset[ARRAY_SIZE(uio_members)];
	int ret;

	ret = hvcrash_layout_find("uio_hv_generic", uio_members,
				  ARRAY_SIZE(uio_members), offset);
	return ret || !data ? ret : enter_buffers(hv, data, offset, next_gpadl);
}

/**
 * hvcrash_vmbus_find_buffers - record the buffers of a device
 * @hv: the device, with a driver
 * @next_gpadl: no GPADL has this handle or a later one
 *
 * Context: process, under the device's lock, which keeps its driver bound.
 * Return: 0 if all of them are in the registry, or a negative errno.
 */
int hvcrash_vmbus_find_buffers(struct hv_device *hv, u32 next_gpadl)
{
	const char *driver = hv->device.driver->name;

	if (!strcmp(driver, "hv_netvsc"))
		return find_netvsc(hv, next_gpadl);
	if (!strcmp(driver, "uio_hv_generic"))
		return find_uio(hv, next_gpadl);
	return -ENODEV;
}
