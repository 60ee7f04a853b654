// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_layout.c - what hv_vmbus and its drivers keep to themselves, and where
 *
 * vmbus_connection is exported, its type is private (drivers/hv/hyperv_vmbus.h),
 * and the members move from release to release; so it is with what a driver keeps
 * of its device. The running kernel says itself where they are, in its BTF under
 * /sys/kernel/btf: taken from there, and never from a copy of the header. The
 * members' own types are public, and their sizes must agree. Where BTF cannot be
 * read nothing is guessed.
 *
 * Symbols of hv_vmbus are looked up by symbol_get(): a plain reference would make
 * it a dependency of ours, and hvcrash is to be loaded before it.
 *
 * Leaves out: what is done with the members (vmbus_late.c, vmbus_buffers.c,
 * vmbus_under_way.c, unload.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/hyperv.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include "btf.h"
#include "inject.h"
#include "read_file.h"
#include "vmbus_layout.h"

#define BTF_DIR "/sys/kernel/btf/"

/* Many times what a kernel has: about 6 MB */
#define MAX_BTF_BYTES (64 << 20)

/* hv_vmbus's own; we know its name and no more */
struct vmbus_connection;
extern struct vmbus_connection vmbus_connection;

/* Members of struct vmbus_connection that we use */
enum member {
	CHN_LIST,
	CHN_MSG_LIST,
	CHANNEL_MUTEX,
	CONN_STATE,
	INT_PAGE,
	MONITOR_PAGES,
	NEXT_GPADL_HANDLE,
	UNLOAD_EVENT,
	NR_MEMBERS,
};

#define CONNECTION "vmbus_connection"

static const struct hvcrash_layout_member members[NR_MEMBERS] = {
	[CHN_LIST] = { CONNECTION, "chn_list", sizeof(struct list_head) },
	[CHN_MSG_LIST] = { CONNECTION, "chn_msg_list",
			   sizeof(struct list_head) },
	[CHANNEL_MUTEX] = { CONNECTION, "channel_mutex", sizeof(struct mutex) },
	[CONN_STATE] = { CONNECTION, "conn_state", sizeof(u32) },
	[INT_PAGE] = { CONNECTION, "int_page", sizeof(void *) },
	[MONITOR_PAGES] = { CONNECTION, "monitor_pages", 2 * sizeof(void *) },
	[NEXT_GPADL_HANDLE] = { CONNECTION, "next_gpadl_handle",
				sizeof(atomic_t) },
	[UNLOAD_EVENT] = { CONNECTION, "unload_event",
			   sizeof(struct completion) },
};

/* Of the hv_vmbus that is loaded: read once, which is megabytes of BTF */
static u32 offset[NR_MEMBERS];
static bool is_layout_known;

/* All of @file, to be freed with vfree(), or NULL */
static void *read_file(struct file *file, size_t *ret_bytes)
{
	loff_t bytes = i_size_read(file_inode(file));
	void *data;

	if (bytes <= 0 || bytes > MAX_BTF_BYTES)
		return NULL;
	data = hvcrash_inject_alloc_fails() ? NULL : vmalloc(bytes);
	if (data && hvcrash_read_file(file, data, bytes, 0)) {
		vfree(data);
		data = NULL;
	}
	*ret_bytes = bytes;
	return data;
}

/* All of @name's, to be freed with vfree(), or NULL */
static void *read_btf(const char *name, struct hvcrash_btf *btf,
		      const struct hvcrash_btf *base)
{
	char path[sizeof(BTF_DIR) + MODULE_NAME_LEN];
	struct file *file;
	size_t bytes;
	void *data;

	scnprintf(path, sizeof(path), BTF_DIR "%s", name);
	file = filp_open(path, O_RDONLY, 0);
	if (IS_ERR(file))
		return NULL;
	data = read_file(file, &bytes);
	filp_close(file, NULL);
	if (data && hvcrash_btf_open(btf, data, bytes, base)) {
		vfree(data);
		data = NULL;
	}
	return data;
}

static int find_members(const struct hvcrash_btf *btf,
			const struct hvcrash_layout_member *m, u32 n,
			u32 *ret_offset)
{
	struct hvcrash_btf_struct s;
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < n; i++) {
		ret = hvcrash_btf_find_struct(btf, m[i].of, &s);
		if (!ret)
			ret = hvcrash_btf_member(&s, m[i].name, m[i].bytes,
						 &ret_offset[i]);
	}
	return ret;
}

/**
 * hvcrash_layout_find - where the members of a module's structs are
 * @module: its name; it may be built in
 * @members: which
 * @n: how many
 * @ret_offset: of each, in bytes
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int hvcrash_layout_find(const char *module,
			const struct hvcrash_layout_member *members, u32 n,
			u32 *ret_offset)
{
	struct hvcrash_btf kernel, own;
	void *kernel_data, *own_data;
	int ret;

	kernel_data = read_btf("vmlinux", &kernel, NULL);
	if (!kernel_data)
		return -ENOENT;
	/* Built in it has no file of its own */
	own_data = read_btf(module, &own, &kernel);
	ret = find_members(own_data ? &own : &kernel, members, n, ret_offset);
	vfree(own_data);
	vfree(kernel_data);
	return ret;
}

/* Where the members are; 0 or a negative errno. Context: process, may sleep. */
static int learn_layout(void)
{
	int ret;

	if (is_layout_known)
		return 0;
	ret = hvcrash_layout_find("hv_vmbus", members, NR_MEMBERS, offset);
	is_layout_known = !ret;
	return ret;
}

static u32 negotiated_version(void)
{
	u32 *version = symbol_get(vmbus_proto_version);
	u32 ret;

	if (!version)
		return 0;
	ret = READ_ONCE(*version);
	symbol_put(vmbus_proto_version);
	return ret;
}

/**
 * hvcrash_vmbus_view_get - hold hv_vmbus, and look into it
 * @ret: its members
 *
 * Context: process, may sleep.
 * Return: 0, and hvcrash_vmbus_view_put() must follow; or a negative errno.
 */
int hvcrash_vmbus_view_get(struct hvcrash_vmbus_view *ret)
{
	int err = learn_layout();
	void *base;

	if (err)
		return err;
	base = symbol_get(vmbus_connection);
	if (!base)
		return -ENOENT;
	*ret = (struct hvcrash_vmbus_view){
		.channels = base + offset[CHN_LIST],
		.channels_lock = base + offset[CHANNEL_MUTEX],
		.interrupt_page = base + offset[INT_PAGE],
		.monitor_page = base + offset[MONITOR_PAGES],
		.next_gpadl = base + offset[NEXT_GPADL_HANDLE],
		.version = negotiated_version(),
	};
	return 0;
}

/**
 * hvcrash_vmbus_view_put - undo hvcrash_vmbus_view_get()
 *
 * Context: process.
 */
void hvcrash_vmbus_view_put(void)
{
	symbol_put(vmbus_connection);
}

/* NULL if its place cannot be told. Holds hv_vmbus only while looking. */
static const void *address_of(enum member member)
{
	void *base;

	if (learn_layout())
		return NULL;
	base = symbol_get(vmbus_connection);
	if (!base)
		return NULL;
	symbol_put(vmbus_connection);
	return base + offset[member];
}

/**
 * hvcrash_vmbus_unload_event - what hv_vmbus completes when the host answers UNLOAD
 *
 * The caller forgets it before hv_vmbus goes.
 *
 * Context: process, may sleep.
 * Return: its address, or NULL if that cannot be told.
 */
const struct completion *hvcrash_vmbus_unload_event(void)
{
	return address_of(UNLOAD_EVENT);
}

/**
 * hvcrash_vmbus_conn_state - whether VMBus is connected, by hv_vmbus's own word
 *
 * An enum vmbus_connect_state. The caller forgets it before hv_vmbus goes.
 *
 * Context: process, may sleep.
 * Return: its address, or NULL if that cannot be told.
 */
const u32 *hvcrash_vmbus_conn_state(void)
{
	return address_of(CONN_STATE);
}

/**
 * hvcrash_vmbus_message_list - what hv_vmbus keeps its messages on
 *
 * Of struct vmbus_channel_msginfo, each from before it is posted until its answer
 * was taken in. The caller forgets it before hv_vmbus goes.
 *
 * Context: process, may sleep.
 * Return: the list's head, or NULL if its place cannot be told.
 */
const struct list_head *hvcrash_vmbus_message_list(void)
{
	return address_of(CHN_MSG_LIST);
}

/**
 * hvcrash_vmbus_forget_layout - hv_vmbus goes, and another may come
 *
 * Context: process.
 */
void hvcrash_vmbus_forget_layout(void)
{
	is_layout_known = false;
}
