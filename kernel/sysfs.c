// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs.c - the live view under /sys/kernel/hvcrash
 *
 * ABI/sysfs-kernel-hvcrash documents each file, and a test compares the two. Only root
 * may read addresses.
 *
 * The registry may change between two reads of it; each record is whole.
 *
 * Leaves out: parameters, which are under /sys/module/hvcrash/parameters.
 */
#include <linux/kobject.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "compat/compat.h"
#include "hooks.h"
#include "hvcrash.h"
#include "regs.h"
#include "sysfs.h"
#include "vmbus.h"

static struct kobject *dir;

static ssize_t address_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "0x%llx\n", hvcrash_registry.header->gpa);
}

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", HVCRASH_VERSION);
}

static ssize_t stops_by_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%s\n", hvcrash_stops_by);
}

static ssize_t coverage_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	static const struct {
		u32 gap;
		const char *name;
	} names[] = {
		{ HVCRASH_GAP_LATE, "late" },
		{ HVCRASH_GAP_DROPPED, "dropped" },
		{ HVCRASH_GAP_NO_VMBUS, "no-vmbus" },
		{ HVCRASH_GAP_ISOLATED, "isolated" },
	};
	u32 coverage = READ_ONCE(hvcrash_registry.header->coverage);
	int len = 0;
	u32 i;

	if (!coverage)
		return sysfs_emit(buf, "complete\n");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (coverage & names[i].gap)
			len += sysfs_emit_at(buf, len, "%s%s", len ? " " : "",
					     names[i].name);
	len += sysfs_emit_at(buf, len, "\n");
	return len;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	if (READ_ONCE(hvcrash_registry.header->phase) != HVCRASH_PHASE_LIVE)
		return sysfs_emit(buf, "leaving\n");
	return sysfs_emit(buf, "%s\n",
			  hvcrash_vmbus_was_connected() ? "tracking" :
							  "waiting");
}

static ssize_t vmbus_version_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	u32 version = READ_ONCE(hvcrash_registry.header->vmbus_version);

	return sysfs_emit(buf, "%u.%u\n", version >> 16, version & 0xffff);
}

static ssize_t host_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	const struct hvcrash_host *host = &hvcrash_registry.header->host;

	return sysfs_emit(
		buf,
		"%u.%u.%u-%u-%u.%u features 0x%x 0x%x misc 0x%x hints 0x%x\n",
		host->major, host->minor, host->build, host->service_pack,
		host->service >> 24, host->service & 0xffffff, host->features,
		host->features_high, host->misc_features, host->hints);
}

/* A counter of the registry's header */
#define COUNTER(name, value)                                               \
	static ssize_t name##_show(struct kobject *kobj,                   \
				   struct kobj_attribute *attr, char *buf) \
	{                                                                  \
		return sysfs_emit(buf, "%llu\n", (u64)READ_ONCE(value));   \
	}                                                                  \
	static struct kobj_attribute name##_attr = __ATTR_RO(name)

COUNTER(published, hvcrash_registry.header->published);
COUNTER(retired, hvcrash_registry.header->retired);
COUNTER(dropped, hvcrash_registry.header->extents_dropped);
COUNTER(untracked, hvcrash_registry.header->untracked);
COUNTER(chunks, hvcrash_registry.header->nr_chunks);

static struct kobj_attribute address_attr = __ATTR_RO_MODE(address, 0400);
static struct kobj_attribute version_attr = __ATTR_RO(version);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute stops_by_attr = __ATTR_RO(stops_by);
static struct kobj_attribute coverage_attr = __ATTR_RO(coverage);
static struct kobj_attribute vmbus_version_attr = __ATTR_RO(vmbus_version);
static struct kobj_attribute host_attr = __ATTR_RO(host);

static struct attribute *attrs[] = {
	&address_attr.attr,
	&version_attr.attr,
	&state_attr.attr,
	&coverage_attr.attr,
	&vmbus_version_attr.attr,
	&host_attr.attr,
	&published_attr.attr,
	&retired_attr.attr,
	&dropped_attr.attr,
	&untracked_attr.attr,
	&chunks_attr.attr,
	&stops_by_attr.attr,
	NULL,
};

static const struct attribute_group group = { .attrs = attrs };

static ssize_t registry_read(struct file *file, struct kobject *kobj,
			     hvcrash_bin_attribute *attr, char *buf, loff_t off,
			     size_t count)
{
	struct hvcrash_registry *reg = &hvcrash_registry;
	/* LMM(walk:A) of registry.c */
	u32 nr_chunks = smp_load_acquire(&reg->header->nr_chunks);
	const u8 *from;
	size_t left;
	u32 chunk;

	if (!off)
		hvcrash_regs_observe();
	if (off < HVCRASH_PAGE_BYTES) {
		from = (const u8 *)reg->header + off;
		left = HVCRASH_PAGE_BYTES - off;
	} else {
		off -= HVCRASH_PAGE_BYTES;
		chunk = off / HVCRASH_CHUNK_BYTES;
		if (chunk >= nr_chunks)
			return 0;
		off %= HVCRASH_CHUNK_BYTES;
		from = (const u8 *)reg->chunk[chunk] + off;
		left = HVCRASH_CHUNK_BYTES - off;
	}
	count = min(count, left);
	memcpy(buf, from, count);
	return count;
}

static struct bin_attribute registry_attr = {
	.attr = { .name = "registry", .mode = 0400 },
	.read = registry_read,
};

/**
 * hvcrash_sysfs_init - create the files
 *
 * Context: process, may sleep; the registry is set up.
 * Return: 0 or a negative errno.
 */
int hvcrash_sysfs_init(void)
{
	int ret;

	dir = kobject_create_and_add(HVCRASH_NAME, kernel_kobj);
	if (!dir)
		return -ENOMEM;
	ret = sysfs_create_group(dir, &group);
	if (!ret)
		ret = sysfs_create_bin_file(dir, &registry_attr);
	if (ret)
		kobject_put(dir);
	return ret;
}

/**
 * hvcrash_sysfs_deinit - remove the files
 *
 * Context: process, may sleep.
 */
void hvcrash_sysfs_deinit(void)
{
	sysfs_remove_bin_file(dir, &registry_attr);
	kobject_put(dir);
}
