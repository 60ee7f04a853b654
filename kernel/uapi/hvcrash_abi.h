/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * hvcrash_abi.h - the one format that the module writes and the tool reads
 *
 * Included by kernel/ and by tools/hvcrashctl/; nothing else is shared between
 * them. Both sides compile the static asserts at the end.
 */
#ifndef _UAPI_HVCRASH_ABI_H
#define _UAPI_HVCRASH_ABI_H

#include <linux/types.h>

/* Tables of numbers are easier to read in columns */
/* clang-format off */

/*
 * DOC: the hvcrash registry
 *
 * The registry is a set of guest physical pages that records which other pages
 * this guest shares with Hyper-V and, after a crash, the state of each:
 *
 *	VMCOREINFO: HVCRASH_REGISTRY=0x<GPA of the header page>
 *	   |
 *	   v
 *	header (one 4 KiB page) -- chunk_gpa[i] --> chunk i (chunk_bytes)
 *	                                             header, then records
 *
 * A chunk holds records of one type: VPs, extents (the shared pages) or
 * channels. Unused records have the state HVCRASH_EMPTY.
 *
 * It lists pages that a register or a VMBus message names. It does not list pages of
 * requests in flight (GPA-direct), which an answered UNLOAD releases as well,
 * or memory that a PCI device may write to by DMA, which UNLOAD does not stop.
 *
 * All integers are little-endian (the module refuses to build for anything
 * else), naturally aligned, of fixed width; padding is explicit and zero. There
 * are no pointers: addresses are guest physical addresses (GPA) in bytes. A page
 * is a Hyper-V page, always 4 KiB, whatever the page size of Linux is.
 *
 * While the first kernel lives (HVCRASH_PHASE_LIVE) records change one at a
 * time and no checksum is valid. The crash path stores HVCRASH_PHASE_CRASHING
 * first, and HVCRASH_PHASE_FINISHED last, after the checksums. A reader of a
 * dump trusts only HVCRASH_PHASE_FINISHED with every checksum correct.
 *
 * Compatible changes append: a new field takes reserved space, a new kind, state
 * or evidence takes the next number, and HVCRASH_ABI_MINOR grows. A reader
 * treats a number that it does not know as "not checked". Everything else is
 * breaking and takes a new HVCRASH_ABI_MAJOR, which old readers refuse.
 */

#define HVCRASH_ABI_MAJOR	1
#define HVCRASH_ABI_MINOR	5

/* "HVCRASH1" and "HVCHUNK1" as they stand in memory */
#define HVCRASH_MAGIC		0x3148534152435648ULL
#define HVCRASH_CHUNK_MAGIC	0x314b4e5548435648ULL

/* Key of the VMCOREINFO line; the value is 0x and the header's GPA in hex */
#define HVCRASH_VMCOREINFO_KEY	"HVCRASH_REGISTRY"

#define HVCRASH_PAGE_BYTES	4096
#define HVCRASH_MAX_CHUNKS	448

/* "belongs to no VP" and "to no channel": extents owned by the whole VM */
#define HVCRASH_NO_VP		0xffffffffU
#define HVCRASH_NO_RELID	0xffffffffU

/* hvcrash_header.phase */
#define HVCRASH_PHASE_LIVE	1	/* first kernel runs; no checksums */
#define HVCRASH_PHASE_CRASHING	2	/* crash path began and did not end */
#define HVCRASH_PHASE_FINISHED	3	/* crash path ended; checksums valid */
/* 4 is reserved: no module has written it */

/* hvcrash_header.way: how the first kernel ended (from minor 2 on; 0 is a crash before) */
#define HVCRASH_WAY_CRASH	1	/* panic, to the crash kernel */
#define HVCRASH_WAY_KEXEC	2	/* kexec: its memory is the next kernel's now, so no contents are hashed */

/* hvcrash_header.coverage: each bit is a gap; 0 is complete tracking */
#define HVCRASH_GAP_LATE	0x1	/* loaded after VMBus made contact, and not all could be found */
#define HVCRASH_GAP_DROPPED	0x2	/* no room: see extents_dropped */
#define HVCRASH_GAP_TORN	0x4	/* an update was cut: see extents_torn */
#define HVCRASH_GAP_NO_VMBUS	0x8	/* could not attach to VMBus */
#define HVCRASH_GAP_ISOLATED	0x10	/* confidential VM: host-visible pages not tracked */
#define HVCRASH_GAP_UNDER_WAY	0x20	/* the crash came between a message to the host and our note of it (from minor 4 on) */

/* hvcrash_crash.unload */
#define HVCRASH_UNLOAD_UNKNOWN	0
#define HVCRASH_UNLOAD_ANSWERED	1	/* the host answered CHANNELMSG_UNLOAD */
#define HVCRASH_UNLOAD_TIMEOUT	2	/* it did not, within the kernel's bound */
#define HVCRASH_UNLOAD_NONE	3	/* VMBus was not connected */
#define HVCRASH_UNLOAD_NO_WAY	4	/* connected, and no way to unload it */

/**
 * struct hvcrash_crash - what the crash path did, in order, with TSC stamps
 * @vp_index: VP that panicked
 * @cpu: its Linux CPU number in the first kernel
 * @vps_expected: VPs online when the crash path began, without @vp_index
 * @vps_parked: VPs of @vps_expected that arrived
 * @vps_revoked: VPs of @vps_expected that revoked their registers and said so
 * @registers_failed: registers that read back as still enabled
 * @unload: HVCRASH_UNLOAD_*
 * @tsc_khz: TSC ticks per millisecond, 0 if unknown
 * @tsc_begin: first instruction of ours; all stamps are 0 where not reached
 * @tsc_parked: all others parked, or given up
 * @tsc_unload_begin: before the request to unload VMBus
 * @tsc_unload_end: after it
 * @tsc_revoke_begin: phase set to revoke
 * @tsc_revoke_end: all VPs done, or given up
 * @tsc_hash_end: contents hashed, or out of budget
 * @tsc_end: just before the checksums
 * @pages_hashed: pages whose contents have a hash in the registry
 * @pages_not_hashed: pages that the time budget did not reach
 */
struct hvcrash_crash {
	__u32 vp_index;
	__u32 cpu;
	__u32 vps_expected;
	__u32 vps_parked;
	__u32 vps_revoked;
	__u32 registers_failed;
	__u32 unload;
	__u32 tsc_khz;
	__u64 tsc_begin;
	__u64 tsc_parked;
	__u64 tsc_unload_begin;
	__u64 tsc_unload_end;
	__u64 tsc_revoke_begin;
	__u64 tsc_revoke_end;
	__u64 tsc_hash_end;
	__u64 tsc_end;
	__u64 pages_hashed;
	__u64 pages_not_hashed;
};

/**
 * struct hvcrash_host - which hypervisor this was, in its own words
 * @build: build number, 0 if it does not say
 * @major: version
 * @minor: version
 * @service_pack: service pack
 * @service: service branch in the upper 8 bits, service number in the lower 24
 * @features: privileges of this partition, low half
 * @features_high: high half
 * @misc_features: other features
 * @hints: what it recommends
 *
 * TLFS, "Hypervisor Discovery": CPUID leaves 0x40000002 to 0x40000004, and the
 * registers of the same meaning on arm64. From minor 3 on.
 */
struct hvcrash_host {
	__u32 build;
	__u16 major;
	__u16 minor;
	__u32 service_pack;
	__u32 service;
	__u32 features;
	__u32 features_high;
	__u32 misc_features;
	__u32 hints;
};

/* crashkernel=SIZE,cma has at most four ranges in 7.2 (CRASHKERNEL_CMA_RANGES_MAX) */
#define HVCRASH_MAX_CRASH_CMA	8

/**
 * struct hvcrash_cma_range - of guest physical memory
 * @gpa: first byte
 * @bytes: how many
 */
struct hvcrash_cma_range {
	__u64 gpa;
	__u64 bytes;
};

/**
 * struct hvcrash_header - first page of the registry
 * @magic: HVCRASH_MAGIC
 * @major: HVCRASH_ABI_MAJOR
 * @minor: HVCRASH_ABI_MINOR
 * @header_bytes: size of this struct
 * @gpa: where this page is
 * @checksum: XXH64, seed 0, of this page with this field 0
 * @phase: HVCRASH_PHASE_*
 * @coverage: HVCRASH_GAP_*
 * @chunk_bytes: size of every chunk, a multiple of the page size
 * @nr_chunks: entries of @chunk_gpa in use, HVCRASH_MAX_CHUNKS at most
 * @vmbus_version: negotiated VMBus protocol version, major << 16 | minor, or 0
 * @extents_dropped: extents that found no room
 * @extents_torn: extents whose update the crash cut short
 * @untracked: shared things known to exist whose pages are not known
 * @published: extents published since load
 * @retired: extents retired since load
 * @crash: the crash path's own report
 * @release: kernel release (utsname), NUL-terminated
 * @module_version: version of hvcrash.ko, NUL-terminated
 * @way: HVCRASH_WAY_*, 0 while the first kernel lives
 * @host: the hypervisor
 * @is_crash_cma_known: the kernel says which memory it lends (from minor 5 on)
 * @nr_crash_cma: entries of @crash_cma in use
 * @crash_cma: memory that this kernel uses until it crashes, and the crash kernel
 *	then (crashkernel=SIZE,cma); no dump has it
 * @reserved: zero
 * @chunk_gpa: directory of chunks
 */
struct hvcrash_header {
	__u64 magic;
	__u16 major;
	__u16 minor;
	__u32 header_bytes;
	__u64 gpa;
	__u64 checksum;
	__u32 phase;
	__u32 coverage;
	__u32 chunk_bytes;
	__u32 nr_chunks;
	__u32 vmbus_version;
	__u32 extents_dropped;
	__u32 extents_torn;
	__u32 untracked;
	__u64 published;
	__u64 retired;
	struct hvcrash_crash crash;
	char release[64];
	char module_version[32];
	__u32 way;
	struct hvcrash_host host;
	__u16 is_crash_cma_known;
	__u16 nr_crash_cma;
	struct hvcrash_cma_range crash_cma[HVCRASH_MAX_CRASH_CMA];
	__u8 reserved[56];
	__u64 chunk_gpa[HVCRASH_MAX_CHUNKS];
};

/* hvcrash_chunk.type */
#define HVCRASH_CHUNK_VPS	1	/* struct hvcrash_vp */
#define HVCRASH_CHUNK_EXTENTS	2	/* struct hvcrash_extent */
#define HVCRASH_CHUNK_CHANNELS	3	/* struct hvcrash_channel */

/**
 * struct hvcrash_chunk - head of a chunk; its records follow at once
 * @magic: HVCRASH_CHUNK_MAGIC
 * @gpa: where this chunk is
 * @checksum: XXH64, seed 0, of the first @bytes_used bytes with this field 0
 * @index: this chunk's place in hvcrash_header.chunk_gpa
 * @type: HVCRASH_CHUNK_*
 * @record_bytes: size of one record
 * @nr_records: records that fit
 * @bytes_used: head and all records ever used
 * @reserved: zero
 */
struct hvcrash_chunk {
	__u64 magic;
	__u64 gpa;
	__u64 checksum;
	__u32 index;
	__u32 type;
	__u32 record_bytes;
	__u32 nr_records;
	__u32 bytes_used;
	__u32 reserved[5];
};

/* hvcrash_extent.kind: what the pages are (source of the GPA) */
#define HVCRASH_KIND_SIMP		1	/* HV_X64_MSR_SIMP */
#define HVCRASH_KIND_SIEFP		2	/* HV_X64_MSR_SIEFP */
#define HVCRASH_KIND_VP_ASSIST		3	/* HV_X64_MSR_VP_ASSIST_PAGE */
#define HVCRASH_KIND_HYPERCALL		4	/* HV_X64_MSR_HYPERCALL */
#define HVCRASH_KIND_REFERENCE_TSC	5	/* HV_X64_MSR_REFERENCE_TSC */
#define HVCRASH_KIND_VMBUS_INTERRUPT	6	/* CHANNELMSG_INITIATE_CONTACT */
#define HVCRASH_KIND_VMBUS_MONITOR	7	/* CHANNELMSG_INITIATE_CONTACT */
#define HVCRASH_KIND_GPADL		8	/* CHANNELMSG_GPADL_HEADER, _BODY */
#define HVCRASH_KIND_PANIC_MESSAGE	9	/* HV_X64_MSR_CRASH_P3 */
/* 10 and 11 are reserved: no module has written them */
#define HVCRASH_KIND_DRIVER		12	/* registered by another driver */

/* hvcrash_extent.state */
#define HVCRASH_EMPTY		0	/* never used */
#define HVCRASH_BUSY		1	/* being written; seen in a dump only if cut short */
#define HVCRASH_SHARED		2	/* the hypervisor has it */
#define HVCRASH_TORN_DOWN	3	/* released in normal operation; the slot may be reused */
#define HVCRASH_REVOKED		4	/* revoked in the crash path */
#define HVCRASH_UNLOADED	5	/* released by VMBus's answer to UNLOAD */
#define HVCRASH_FAILED		6	/* the register reads back as enabled */
#define HVCRASH_NOT_REACHED	7	/* its VP did not answer */
#define HVCRASH_REVOKED_LATE	8	/* revoked by the second kernel */

/* hvcrash_extent.evidence: what the state is based on */
#define HVCRASH_EV_NONE			0
#define HVCRASH_EV_REGISTER_ON		1	/* register read as enabled */
#define HVCRASH_EV_MESSAGE_SENT		2	/* message to the host seen */
#define HVCRASH_EV_GPADL_CREATED	3	/* host said the GPADL exists */
#define HVCRASH_EV_GPADL_TORNDOWN	4	/* host said the GPADL is gone */
#define HVCRASH_EV_READ_BACK		5	/* disabled, and read back as disabled */
#define HVCRASH_EV_FOUND_OFF		6	/* the crash path found it disabled */
#define HVCRASH_EV_UNLOAD_ANSWERED	7	/* host answered CHANNELMSG_UNLOAD */
#define HVCRASH_EV_UNLOAD_TIMEOUT	8	/* host did not answer */
#define HVCRASH_EV_NO_ANSWER		9	/* VP did not answer the stop */
#define HVCRASH_EV_RELID_RELEASED	10	/* channel rescinded, relid released */
#define HVCRASH_EV_FOUND		11	/* shared before load, found in the kernel's own records */
#define HVCRASH_EV_DRIVER		12	/* the driver that registered them says so (from minor 3 on) */

/* hvcrash_extent.flags */
#define HVCRASH_EXTENT_OVERLAY	0x1	/* an overlay page hides guest memory */
#define HVCRASH_EXTENT_HASHED	0x2	/* @hash holds the contents' hash */
#define HVCRASH_EXTENT_NOT_RAM	0x4	/* not the guest's RAM: no contents to check */

/**
 * struct hvcrash_extent - contiguous shared pages with one owner and one state
 * @state: HVCRASH_*; written last, so that a reader sees a whole record
 * @kind: HVCRASH_KIND_*
 * @evidence: HVCRASH_EV_*
 * @gpa: first byte, page-aligned
 * @pages: number of 4 KiB pages, never 0 in a used record
 * @vp_index: owning VP, or HVCRASH_NO_VP
 * @relid: owning channel, or HVCRASH_NO_RELID
 * @gpadl: GPADL handle; for a driver's pages the registration's handle; or 0
 * @flags: HVCRASH_EXTENT_*
 * @link: the module's own index into its records; readers ignore it
 * @hash: XXH64, seed 0, of the contents after the revoke
 * @reserved: zero
 */
struct hvcrash_extent {
	__u32 state;
	__u16 kind;
	__u16 evidence;
	__u64 gpa;
	__u32 pages;
	__u32 vp_index;
	__u32 relid;
	__u32 gpadl;
	__u32 flags;
	__u32 link;
	__u64 hash;
	__u64 reserved[2];
};

/* hvcrash_vp.state */
#define HVCRASH_VP_ABSENT	0	/* possible, never online */
#define HVCRASH_VP_ONLINE	1
#define HVCRASH_VP_OFFLINE	2	/* was online once; revoked when it went offline */
/* 3 is reserved: no module has written it */
#define HVCRASH_VP_REVOKED	4	/* revoked its registers and reported it */
#define HVCRASH_VP_NOT_REACHED	5	/* did not answer */

/* Index into hvcrash_vp.before and .after; bit 0 is "enabled" in each */
#define HVCRASH_REG_SIMP	0
#define HVCRASH_REG_SIEFP	1
#define HVCRASH_REG_VP_ASSIST	2
#define HVCRASH_REG_SCONTROL	3
#define HVCRASH_NR_REGS		4

/**
 * struct hvcrash_vp - one virtual processor
 * @state: HVCRASH_VP_*
 * @vp_index: Hyper-V's number; Linux's differs in the second kernel
 * @cpu: Linux CPU number in the first kernel
 * @stimers_stopped: mask of the synthetic timers that were running
 * @sints_masked: mask of the SINTs that were open
 * @slots_cleared: mask of the message slots that held a message
 * @before: registers when the VP arrived
 * @after: registers read back after the revoke
 * @tsc_parked: TSC at arrival, 0 if it never came
 * @tsc_revoked: TSC when it was done, 0 if never
 * @reserved: zero
 */
struct hvcrash_vp {
	__u32 state;
	__u32 vp_index;
	__u32 cpu;
	__u32 stimers_stopped;
	__u32 sints_masked;
	__u32 slots_cleared;
	__u64 before[HVCRASH_NR_REGS];
	__u64 after[HVCRASH_NR_REGS];
	__u64 tsc_parked;
	__u64 tsc_revoked;
	__u64 reserved[3];
};

/**
 * struct hvcrash_channel - a VMBus channel, to name the owner of a GPADL
 * @state: HVCRASH_SHARED while offered, else HVCRASH_EMPTY
 * @relid: child_relid, unique while the channel lives
 * @subchannel: 0 for a primary channel
 * @flags: zero
 * @device_class: GUID of the device class, as in the offer
 * @instance: GUID of the device
 * @reserved: zero
 */
struct hvcrash_channel {
	__u32 state;
	__u32 relid;
	__u32 subchannel;
	__u32 flags;
	__u8 device_class[16];
	__u8 instance[16];
	__u64 reserved[2];
};

#ifdef __KERNEL__
#include <linux/build_bug.h>
#define HVCRASH_ASSERT(cond) static_assert(cond)
#else
#include <stddef.h>
#define HVCRASH_ASSERT(cond) _Static_assert(cond, #cond)
#endif

HVCRASH_ASSERT(sizeof(struct hvcrash_crash) == 112);
HVCRASH_ASSERT(sizeof(struct hvcrash_header) == HVCRASH_PAGE_BYTES);
HVCRASH_ASSERT(offsetof(struct hvcrash_header, checksum) == 24);
HVCRASH_ASSERT(offsetof(struct hvcrash_header, crash) == 80);
HVCRASH_ASSERT(offsetof(struct hvcrash_header, release) == 192);
HVCRASH_ASSERT(sizeof(struct hvcrash_host) == 32);
HVCRASH_ASSERT(offsetof(struct hvcrash_header, host) == 292);
HVCRASH_ASSERT(offsetof(struct hvcrash_header, crash_cma) == 328);
HVCRASH_ASSERT(offsetof(struct hvcrash_header, chunk_gpa) == 512);
HVCRASH_ASSERT(sizeof(struct hvcrash_chunk) == 64);
HVCRASH_ASSERT(sizeof(struct hvcrash_extent) == 64);
HVCRASH_ASSERT(offsetof(struct hvcrash_extent, gpa) == 8);
HVCRASH_ASSERT(offsetof(struct hvcrash_extent, hash) == 40);
HVCRASH_ASSERT(sizeof(struct hvcrash_vp) == 128);
HVCRASH_ASSERT(offsetof(struct hvcrash_vp, before) == 24);
HVCRASH_ASSERT(sizeof(struct hvcrash_channel) == 64);

#endif /* _UAPI_HVCRASH_ABI_H */
