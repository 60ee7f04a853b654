// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_layout.c - the layout of private structs of hv_vmbus and its drivers
 *
 * vmbus_connection is exported, but its type is private (drivers/hv/hyperv_vmbus.h),
 * and its members move from release to release; the same is true of the data that a
 * driver keeps for its device. The running kernel describes them in its BTF under
 * /sys/kernel/btf, which is read here instead of copying the header. The
 * members' own types are public, and their sizes must agree. Without BTF only what
 * UNLOAD needs is found, by its contents; nothing else is guessed.
 *
 * Symbols of hv_vmbus are looked up by symbol_get(): a plain reference would make
 * hvcrash depend on it, but hvcrash has to be loaded first.
 *
 * Leaves out: the use of the members (vmbus_late.c, vmbus_buffers.c,
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

/* Many times the size of a kernel's BTF, which is about 6 MB */
#define MAX_BTF_BYTES (64 << 20)

/* hv_vmbus's own; its type is unknown here */
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

/* For the loaded hv_vmbus; determined only once, since it means reading megabytes */
static u32 offset[NR_MEMBERS];
static bool is_layout_known;

/*
 * Three members as they follow each other in drivers/hv/hyperv_vmbus.h of 5.10, for
 * kernels whose modules have no BTF. Checked by their contents before use.
 */
struct unload_members {
	u32 conn_state;
	atomic_t next_gpadl_handle;
	struct completion unload_event;
};

/* Largest value of enum vmbus_connect_state; the first GPADL handle (connection.c) */
#define MAX_CONN_STATE 3
#define FIRST_GPADL 0xe1e10
#define MAX_GPADLS 0x1000000

/* They are near the start of struct vmbus_connection, which is larger than this */
#define SEARCHED_BYTES 64

/* The contents of @file, to be freed with vfree(), or NULL */
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

/* The BTF of @name, to be freed with vfree(), or NULL */
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
 * hvcrash_layout_find - find the offsets of members of a module's structs
 * @module: its name; it may be built in
 * @members: the members to find
 * @n: number of @members
 * @ret_offset: offset of each, in bytes
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
	/* If built in, it has no file of its own */
	own_data = read_btf(module, &own, &kernel);
	ret = find_members(own_data ? &own : &kernel, members, n, ret_offset);
	vfree(own_data);
	vfree(kernel_data);
	return ret;
}

/* Finds the members; 0 or a negative errno. Context: process, may sleep. */
static int learn_layout(void)
{
	int ret;

	if (is_layout_known)
		return 0;
	ret = hvcrash_layout_find("hv_vmbus", members, NR_MEMBERS, offset);
	is_layout_known = !ret;
	return ret;
}

/* An empty list points to itself; in 5.10 vmbus_initiate_unload() is the first to set it up */
static bool is_idle(const struct unload_members *m)
{
	const struct list_head *waiting = &m->unload_event.wait.task_list;
	u32 handle = atomic_read(&m->next_gpadl_handle);

	return READ_ONCE(m->conn_state) <= MAX_CONN_STATE &&
	       handle >= FIRST_GPADL && handle < FIRST_GPADL + MAX_GPADLS &&
	       !READ_ONCE(m->unload_event.done) &&
	       (list_empty(waiting) || (!waiting->next && !waiting->prev));
}

/* NULL unless exactly one place in the struct at @base can be them */
static const struct unload_members *find_unload_members(const void *base)
{
	const struct unload_members *found = NULL;
	u32 at;

	for (at = 0; at < SEARCHED_BYTES; at += __alignof__(*found)) {
		if (!is_idle(base + at))
			continue;
		if (found)
			return NULL;
		found = base + at;
	}
	return found;
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
 * hvcrash_vmbus_view_get - take a reference to hv_vmbus, and find its members
 * @ret: the members
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

static const void *address_without_btf(const void *base, enum member member)
{
	const struct unload_members *m = find_unload_members(base);

	if (m && member == UNLOAD_EVENT)
		return &m->unload_event;
	return m && member == CONN_STATE ? &m->conn_state : NULL;
}

/* NULL if its address cannot be found. Holds a reference to hv_vmbus only meanwhile. */
static const void *address_of(enum member member)
{
	const void *base = symbol_get(vmbus_connection), *ret;

	if (!base)
		return NULL;
	ret = learn_layout() ? address_without_btf(base, member) :
			       base + offset[member];
	symbol_put(vmbus_connection);
	return ret;
}

/**
 * hvcrash_vmbus_unload_event - find the completion for the host's answer to UNLOAD
 *
 * The caller must forget it before hv_vmbus is unloaded.
 *
 * Context: process, may sleep.
 * Return: its address, or NULL if that cannot be found.
 */
const struct completion *hvcrash_vmbus_unload_event(void)
{
	return address_of(UNLOAD_EVENT);
}

/**
 * hvcrash_vmbus_conn_state - find hv_vmbus's own connection state
 *
 * An enum vmbus_connect_state. The caller must forget it before hv_vmbus is unloaded.
 *
 * Context: process, may sleep.
 * Return: its address, or NULL if that cannot be found.
 */
const u32 *hvcrash_vmbus_conn_state(void)
{
	return address_of(CONN_STATE);
}

/**
 * hvcrash_vmbus_message_list - find hv_vmbus's list of messages
 *
 * The entries are struct vmbus_channel_msginfo, each on the list from before it is posted
 * until its answer has been processed. The caller must forget the list before hv_vmbus is
 * unloaded.
 *
 * Context: process, may sleep.
 * Return: the list's head, or NULL if that cannot be found.
 */
const struct list_head *hvcrash_vmbus_message_list(void)
{
	return address_of(CHN_MSG_LIST);
}

/**
 * hvcrash_vmbus_forget_layout - forget the layout: another hv_vmbus may be loaded
 *
 * Context: process.
 */
void hvcrash_vmbus_forget_layout(void)
{
	is_layout_known = false;
}
