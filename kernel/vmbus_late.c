// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_late.c - what VMBus shared before hvcrash was loaded
 *
 * Called once, in process context, when the probes of vmbus.c are attached; they see
 * all changes from then on. Walks hv_vmbus's list of channels for their ring
 * buffers, and takes interrupt and monitor pages from its connection.
 *
 * It walks the list under its own lock, which sub-channels require. Walking the bus
 * with a driver that matches nothing would find only the primary channels, and not the
 * connection's pages.
 *
 * Invariant: HVCRASH_GAP_LATE stands from before the walk until everything shared is
 * known to be in the registry. For GPADLs other than rings the driver decides:
 * those in ring_only[] create none, and vmbus_buffers.c finds those of some others.
 * Any other driver's device counts as untracked, until its driver is unbound.
 *
 * Races: a GPADL created or torn down during the walk may be seen by the walk, by a
 * probe, or in the wrong order by both. The probes count, and a walk during which
 * they counted anything is repeated.
 *
 * Leaves out: buffers whose teardown failed before we were loaded (the driver warned,
 * and may be gone).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/hyperv.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "compat/compat.h"
#include "inject.h"
#include "hvcrash.h"
#include "vmbus_buffers.h"
#include "vmbus_late.h"
#include "vmbus_layout.h"
#include "vmbus_pages.h"

/* Devices that are examined; more are counted as untracked */
#define MAX_DEVICES 1024

/* A walk takes less than a millisecond, opening a channel a few milliseconds */
#define MAX_WALKS 10
#define BETWEEN_WALKS_MS 20

/*
 * Drivers that share only their rings: they do not call
 * vmbus_establish_gpadl() (6.1 to 7.2). hyperv_fb is not among them: in a VM of
 * generation 1 its framebuffer is guest RAM, which it shares by a message of its own.
 */
static const char *const ring_only[] = {
	"hv_balloon", "hv_utils",   "hyperv_keyboard", "hid_hyperv",
	"hyperv_drm", "hv_storvsc", "hv_pci",	       "hv_sock",
};

/**
 * struct walk - one walk over all channels
 * @devices: devices of the primary channels, each with a reference
 * @nr_devices: entries of @devices
 * @untracked: number of devices that found no room in @devices
 * @rings: number of rings in the registry now
 * @next_gpadl: no GPADL that was seen may have this handle or a later one
 * @is_unsettled: a ring's GPADL was being created
 * @is_unsound: something that was read is inconsistent
 */
struct walk {
	struct hv_device **devices;
	u32 nr_devices;
	u32 untracked;
	u32 rings;
	u32 next_gpadl;
	bool is_unsettled;
	bool is_unsound;
};

static void publish_ring(struct walk *w, struct vmbus_channel *channel)
{
	struct hvcrash_owner owner = {
		.kind = HVCRASH_KIND_GPADL,
		.gpadl = hvcrash_ring_gpadl(channel),
		.relid = channel->offermsg.child_relid,
	};
	struct page *page = READ_ONCE(channel->ringbuffer_page);
	u32 pages = READ_ONCE(channel->ringbuffer_pagecount);
	struct hvcrash_range ring;
	int ret;

	if (!page || !owner.gpadl) {
		/* vmbus_open() fills in the handle when the host has answered */
		if (READ_ONCE(channel->state) == CHANNEL_OPENING_STATE)
			w->is_unsettled = true;
		return;
	}
	if (owner.gpadl >= w->next_gpadl) {
		w->is_unsound = true;
		return;
	}
	/* vmbus_alloc_ring(): one allocation, contiguous */
	ring.gpa = page_to_phys(page);
	ring.pages = hvcrash_vmbus_hv_pages(pages);
	ret = hvcrash_registry_publish_found(&hvcrash_registry, &owner, &ring,
					     1);
	if (ret && ret != -EEXIST)
		w->is_unsound = true;
	else
		w->rings++;
}

/* Under the lock of the channels */
static void take_channel(struct walk *w, struct vmbus_channel *channel)
{
	const struct vmbus_channel_offer *offer = &channel->offermsg.offer;

	/* Left over from before a hibernation: the host does not know it */
	if (channel->offermsg.child_relid == INVALID_RELID)
		return;
	hvcrash_registry_channel(
		&hvcrash_registry, channel->offermsg.child_relid,
		offer->sub_channel_index, &offer->if_type, &offer->if_instance);
	publish_ring(w, channel);
}

/*
 * Under the lock of the channels. A device without a reference either is not registered
 * yet, and the probes will see what its driver creates, or is being released, and
 * its driver is gone.
 */
static void take_device(struct walk *w, struct vmbus_channel *channel)
{
	struct hv_device *dev = channel->device_obj;

	if (w->nr_devices == MAX_DEVICES)
		w->untracked++;
	else if (dev && kobject_get_unless_zero(&dev->device.kobj))
		w->devices[w->nr_devices++] = dev;
}

static void walk_channels(struct walk *w, const struct hvcrash_vmbus_view *view)
{
	struct vmbus_channel *channel, *sub;

	mutex_lock(view->channels_lock);
	w->next_gpadl = atomic_read(view->next_gpadl);
	list_for_each_entry(channel, view->channels, listentry) {
		take_channel(w, channel);
		take_device(w, channel);
		list_for_each_entry(sub, &channel->sc_list, sc_list)
			take_channel(w, sub);
	}
	mutex_unlock(view->channels_lock);
}

/* Drops the references to the devices; not under the lock, which their release takes */
static void put_devices(struct walk *w)
{
	while (w->nr_devices)
		put_device(&w->devices[--w->nr_devices]->device);
}

/*
 * Walks until nothing changes during a walk. The findings of an earlier walk are
 * dropped: a GPADL may have been torn down between reading and publishing it.
 */
static bool walk_until_settled(struct walk *w,
			       const struct hvcrash_vmbus_view *view,
			       const atomic_t *changes)
{
	int before;
	u32 i;

	for (i = 0; i < MAX_WALKS; i++) {
		if (i) {
			put_devices(w);
			msleep(BETWEEN_WALKS_MS);
			hvcrash_registry_retire_found(&hvcrash_registry);
			*w = (struct walk){ .devices = w->devices };
		}
		/*
		 * Acquire: what the walk reads is no older. A teardown counts
		 * before it takes the registry's lock, which publishing takes
		 * too: where it came first, the count below is another.
		 */
		before = atomic_read_acquire(changes);
		walk_channels(w, view);
		if (!w->is_unsettled && before == atomic_read(changes))
			return !w->is_unsound;
	}
	return false;
}

static bool is_ring_only(const char *driver)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ring_only); i++)
		if (!strcmp(driver, ring_only[i]))
			return true;
	return false;
}

/* It lasts until the channel is gone, or VMBus makes contact anew */
static void miss(u32 relid)
{
	const struct hvcrash_owner owner = { .kind = HVCRASH_KIND_GPADL,
					     .relid = relid };

	hvcrash_registry_gap_of(&hvcrash_registry, &owner, HVCRASH_GAP_LATE, 1);
}

/* For devices that were counted: reports that their driver is unbound */
static typeof(((struct device *)NULL)->bus) watched_bus;

/*
 * A driver that is unbound has closed its channel and torn down its buffers, and the
 * host has confirmed it: vmbus_teardown_gpadl() waits for that.
 */
static int on_bus(struct notifier_block *nb, unsigned long event, void *data)
{
	struct hv_device *hv = device_to_hv_device((struct device *)data);
	u32 relid = hv->channel->offermsg.child_relid;

	/* None since a hibernation: and then nothing of it is missing any more */
	if (event == BUS_NOTIFY_UNBOUND_DRIVER && relid != INVALID_RELID)
		hvcrash_registry_gap_gone(&hvcrash_registry, relid);
	return NOTIFY_OK;
}

static struct notifier_block bus_nb = { .notifier_call = on_bus };

/* Under the device's lock, so that its driver cannot be unbound before */
static void miss_device(struct hv_device *hv)
{
	struct device *dev = &hv->device;

	pr_warn("loaded after %s: buffers that it shares by device %s are not tracked\n",
		dev->driver->name, dev_name(dev));
	miss(hv->channel->offermsg.child_relid);
	if (!watched_bus && !bus_register_notifier(dev->bus, &bus_nb))
		watched_bus = dev->bus;
}

/**
 * hvcrash_vmbus_late_forget - hv_vmbus is being unloaded, and its bus is gone
 *
 * Context: process.
 */
void hvcrash_vmbus_late_forget(void)
{
	watched_bus = NULL;
}

/**
 * hvcrash_vmbus_late_deinit - undo hvcrash_vmbus_find_late()
 *
 * Context: process, may sleep.
 */
void hvcrash_vmbus_late_deinit(void)
{
	if (watched_bus)
		bus_unregister_notifier(watched_bus, &bus_nb);
	watched_bus = NULL;
}

/*
 * Buffers of devices whose driver may have shared more than its rings. The device's
 * lock keeps the driver bound. A driver that was unbound since the walk has released
 * everything, which the probes saw. Returns the number of unknown devices.
 */
static u32 find_buffers(const struct walk *w,
			const struct hvcrash_vmbus_view *view)
{
	struct hv_device *hv;
	u32 i, n;

	for (n = 0; n < w->untracked; n++)
		miss(HVCRASH_NO_RELID);
	for (i = 0; i < w->nr_devices; i++) {
		hv = w->devices[i];
		device_lock(&hv->device);
		if (hv->device.driver &&
		    !is_ring_only(hv->device.driver->name) &&
		    hvcrash_vmbus_find_buffers(hv,
					       atomic_read(view->next_gpadl))) {
			miss_device(hv);
			n++;
		}
		device_unlock(&hv->device);
	}
	return n;
}

static u32 publish_contact(u16 kind, void *const *page, u32 n)
{
	struct hvcrash_owner owner = { .kind = kind,
				       .relid = HVCRASH_NO_RELID };
	struct hvcrash_range ranges[2];
	int ret = 0;
	u32 i;

	for (i = 0; i < n && !ret; i++) {
		if (!virt_addr_valid(page[i]))
			ret = -EINVAL;
		else
			ranges[i] =
				(struct hvcrash_range){ virt_to_phys(page[i]),
							1 };
	}
	if (!ret)
		ret = hvcrash_registry_publish_found(&hvcrash_registry, &owner,
						     ranges, n);
	if (!ret || ret == -EEXIST)
		return 0;
	hvcrash_registry_gap_of(&hvcrash_registry, &owner, HVCRASH_GAP_LATE, n);
	return n;
}

/* The pages of CHANNELMSG_INITIATE_CONTACT; returns how many are unknown */
static u32 find_contact(const struct hvcrash_vmbus_view *view)
{
	u32 untracked;

	WRITE_ONCE(hvcrash_registry.header->vmbus_version, view->version);
	untracked = publish_contact(HVCRASH_KIND_VMBUS_MONITOR,
				    view->monitor_page, 2);
	if (hvcrash_vmbus_has_interrupt_page(view->version))
		untracked += publish_contact(HVCRASH_KIND_VMBUS_INTERRUPT,
					     view->interrupt_page, 1);
	return untracked;
}

/* vmbus_connect() sets all of this up; before that there is nothing to find */
static bool is_connected(const struct hvcrash_vmbus_view *view)
{
	return READ_ONCE(view->channels->next) &&
	       (view->version || READ_ONCE(view->monitor_page[0]));
}

static int find_all(const struct hvcrash_vmbus_view *view,
		    const atomic_t *changes)
{
	struct walk w = {};
	u32 untracked;
	int ret = 0;

	if (!hvcrash_inject_alloc_fails())
		w.devices =
			kcalloc(MAX_DEVICES, sizeof(*w.devices), GFP_KERNEL);
	if (!w.devices)
		return -ENOMEM;
	if (walk_until_settled(&w, view, changes)) {
		untracked = find_contact(view) + find_buffers(&w, view);
		pr_info("loaded after VMBus: found %u rings of %u devices, %u things untracked\n",
			w.rings, w.nr_devices, untracked);
	} else {
		ret = -EAGAIN;
	}
	put_devices(&w);
	kfree(w.devices);
	return ret;
}

/**
 * hvcrash_vmbus_find_late - record what VMBus shared before the probes were attached
 * @changes: how many changes to what is shared the probes have seen
 *
 * Closes HVCRASH_GAP_LATE if all of it was found; otherwise counts what is known
 * to be missing.
 *
 * Context: process, may sleep; the probes are attached.
 * Return: false if VMBus is known not to have made contact.
 */
bool hvcrash_vmbus_find_late(const atomic_t *changes)
{
	struct hvcrash_vmbus_view view;
	bool connected = true;
	int ret;

	ret = hvcrash_vmbus_view_get(&view);
	if (!ret) {
		connected = is_connected(&view);
		if (connected)
			ret = find_all(&view, changes);
		hvcrash_vmbus_view_put();
	}
	if (ret) {
		/* The amount is unknown too: count one thing, VMBus */
		miss(HVCRASH_NO_RELID);
		pr_warn("loaded after VMBus: what it shared before could not be found (error %d)\n",
			ret);
	}
	/* Whatever is still missing has a gap of its own */
	hvcrash_registry_gap_closed(&hvcrash_registry, HVCRASH_GAP_LATE);
	return connected;
}
