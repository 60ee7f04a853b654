// SPDX-License-Identifier: GPL-2.0-only
/*
 * emulate.c - emulates stores to the APIC's page, which nested paging
 * intercepts
 *
 * Emulated SVM provides no instruction bytes, so they are fetched through the
 * guest's own page tables. Stores to an APIC are 32-bit MOVs or XCHGs from a
 * register, or MOVs of a constant; anything else ends the run with one line.
 */
#include "x86.h"

#define FAULT_WRITE 2u
#define PTE_PRESENT 1ull
#define PTE_LEAF 0x80ull
#define PTE_ADDRESS 0x000ffffffffff000ull

#define MOST_BYTES 15

struct code {
	u64 at; /* linear */
	u32 length;
	bool wide; /* 64-bit addresses */
	u8 rex;
};

/* Four-level tables, or none: other modes do not use an APIC */
static bool translate(struct vp_cpu *v, u64 linear, u64 *ret_gpa)
{
	struct vmcb *b = v->vmcb;
	u64 table = b->cr3 & PTE_ADDRESS, *entry;

	if (!(b->cr0 & CR0_PG)) {
		*ret_gpa = linear;
		return true;
	}
	if (!(b->efer & EFER_LMA))
		return false;
	for (u32 shift = 39;; shift -= 9) {
		entry = platform_guest(table + (linear >> shift & 511) * 8, 8);
		if (!entry || !(*entry & PTE_PRESENT))
			return false;
		table = *entry & PTE_ADDRESS;
		if (shift == 12 || (shift < 39 && *entry & PTE_LEAF)) {
			u64 offset = (1ull << shift) - 1;

			*ret_gpa = (table & ~offset) | (linear & offset);
			return true;
		}
	}
}

static u8 fetch(struct vp_cpu *v, struct code *c)
{
	u64 gpa;
	u8 *byte;

	if (c->length == MOST_BYTES)
		vp_guest_failed(
			v, "writes to its APIC by too long an instruction");
	if (!translate(v, c->at + c->length, &gpa) ||
	    !(byte = platform_guest(gpa, 1)))
		vp_guest_failed(v, "writes to its APIC by code outside memory");
	c->length++;
	return *byte;
}

static void skip(struct vp_cpu *v, struct code *c, u32 bytes)
{
	while (bytes--)
		fetch(v, c);
}

/* ModRM, SIB and displacement; returns the register that ModRM names. The
 * fault already tells the store's address.
 */
static u32 skip_address(struct vp_cpu *v, struct code *c)
{
	u8 modrm = fetch(v, c), mode = modrm >> 6, rm = modrm & 7;
	u8 base = rm;

	if (rm == 4 && mode != 3)
		base = fetch(v, c) & 7;
	if (mode == 1)
		skip(v, c, 1);
	else if (mode == 2 || (mode == 0 && base == 5))
		skip(v, c, 4);
	return (modrm >> 3 & 7) | (c->rex & 4u) << 1;
}

static u64 *register_of(struct vp_cpu *v, u32 n)
{
	return n == 0 ? &v->vmcb->rax : n == 4 ? &v->vmcb->rsp : &v->gpr[n];
}

static u32 constant(struct vp_cpu *v, struct code *c)
{
	u32 value = 0;

	for (u32 i = 0; i < 4; i++)
		value |= (u32)fetch(v, c) << 8 * i;
	return value;
}

/* Returns the value to write; an XCHG also reads the old one. */
static u32 decode(struct vp_cpu *v, struct code *c, u32 old)
{
	u64 *reg;
	u32 value;
	u8 op = fetch(v, c);

	while (op == 0x2e || op == 0x3e || op == 0x26 || op == 0x36 ||
	       op == 0x64 || op == 0x65)
		op = fetch(v, c);
	if (c->wide && op >> 4 == 4) {
		c->rex = op;
		op = fetch(v, c);
	}
	switch (c->rex & 8 ? 0 : op) {
	case 0x89: /* MOV from a register */
		return (u32)*register_of(v, skip_address(v, c));
	case 0x87: /* XCHG */
		reg = register_of(v, skip_address(v, c));
		value = (u32)*reg;
		*reg = old;
		return value;
	case 0xa3: /* MOV from EAX to an address */
		skip(v, c, c->wide ? 8 : 4);
		return (u32)v->vmcb->rax;
	case 0xc7: /* MOV of a constant */
		skip_address(v, c);
		return constant(v, c);
	}
	vp_guest_failed(v, "writes to its APIC by instruction %#x", op);
}

void apic_page_exit(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;
	u32 at = (u32)b->exit_info_2 & 0xfff, value;
	struct code c = { .at = b->cs.base + b->rip };

	c.wide = b->efer & EFER_LMA && b->cs.attributes & CS_LONG;
	if (!(b->exit_info_1 & FAULT_WRITE))
		vp_guest_failed(v, "runs code in its APIC");
	if (!c.wide && !(b->cs.attributes & CS_DEFAULT_32))
		vp_guest_failed(v, "writes to its APIC in 16-bit code");
	value = decode(v, &c, apic_is_x2() ? 0 : apic_read(at & ~15u));
	/* Nothing exists between its registers, or in memory in x2APIC mode */
	if (!(at & 15) && !apic_is_x2())
		apic_guest_write(v, at, value);
	b->rip += c.length;
}
