#!/usr/bin/env drgn
# SPDX-License-Identifier: GPL-2.0-only
"""hvcrash in drgn: was every page that the kernel shared with Hyper-V revoked?

    drgn -c vmcore /usr/share/hvcrash/hvcrash.py          prints the verdict

    >>> import hvcrash                                     in a session or script
    >>> registry = hvcrash.Registry(prog)
    >>> for region in registry.regions():
    ...     print(hex(region.gpa), region.kind, region.state)
    >>> print(registry.audit().verdict)

Works on a saved dump, on /proc/vmcore in the crash kernel, and on a live kernel.
It needs no symbols of the kernel or of hvcrash.ko: the registry is found by its
line in VMCOREINFO, on a live kernel by /sys/kernel/hvcrash/address.

This is a second reader of the registry, written from kernel/uapi/hvcrash_abi.h
alone: it shares no code with hvcrashctl, so that one can be checked against the
other. It does not read the CPU's registers and it does not watch memory; for
that there is "hvcrashctl audit" in the crash kernel.

A dump is hostile input: every number is checked before it is used.
"""
import ctypes
import struct
from collections import namedtuple

MAGIC = 0x3148534152435648
CHUNK_MAGIC = 0x314B4E5548435648
MAJOR = 1
PAGE = 4096
MAX_CHUNKS = 448
MAX_CHUNK_BYTES = 4 << 20
NONE32 = 0xFFFFFFFF
# A page may be shared twice, a ring in two GPADLs: not eight times
MAX_CLAIMS_PER_PAGE = 8

# A number that the ABI reserves is unknown here, as one of a newer module
PHASES = {1: "live", 2: "crashing", 3: "finished"}
LIVE, CRASHING, FINISHED = 1, 2, 3
WAY_KEXEC = 2

KINDS = {
    1: "SIMP", 2: "SIEFP", 3: "VP assist", 4: "hypercall", 5: "reference TSC",
    6: "VMBus interrupt", 7: "VMBus monitor", 8: "GPADL", 9: "panic message",
    12: "driver",
}
KIND_DRIVER = 12

STATES = {
    0: "empty", 1: "busy", 2: "shared", 3: "torn down", 4: "revoked",
    5: "unloaded", 6: "failed", 7: "not reached", 8: "revoked late",
}
EMPTY, BUSY, SHARED, TORN_DOWN, REVOKED = 0, 1, 2, 3, 4
UNLOADED, FAILED, NOT_REACHED, REVOKED_LATE = 5, 6, 7, 8
RETURNED = (REVOKED, UNLOADED, REVOKED_LATE)

EVIDENCES = {
    0: "none", 1: "register on", 2: "message sent", 3: "GPADL created",
    4: "GPADL torn down", 5: "read back", 6: "found off", 7: "UNLOAD answered",
    8: "UNLOAD timeout", 9: "no answer", 10: "relid released",
    11: "found at load", 12: "driver says",
}
# Evidence that the host has released a page
PROVING = {4, 5, 6, 7, 10}
EV_DRIVER = 12

VP_ABSENT, VP_ONLINE, VP_OFFLINE, VP_REVOKED, VP_SILENT = 0, 1, 2, 4, 5

FLAG_HASHED = 0x2

GAPS = {0x1: "late", 0x2: "dropped", 0x4: "torn", 0x8: "no-vmbus",
        0x10: "isolated", 0x20: "under-way"}

UNLOAD_FINE = (1, 3)  # answered; VMBus was not connected

CLEAN, NOT_CLEAN, CANNOT_TELL = "clean", "not clean", "cannot tell"


class RegistryError(Exception):
    """There is no registry, or it is not what it claims to be."""


class AbsentError(Exception):
    """A page is not in the dump."""


# ---------------------------------------------------------------- XXH64

_PRIME = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
    0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
)
_MASK = (1 << 64) - 1


def _rotate(value, bits):
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _round(acc, lane):
    acc = (acc + lane * _PRIME[1]) & _MASK
    return _rotate(acc, 31) * _PRIME[0] & _MASK


def _merge(acc, lane):
    return ((acc ^ _round(0, lane)) * _PRIME[0] + _PRIME[3]) & _MASK


def _xxh64_python(data):
    """XXH64, seed 0 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md)"""
    length, at = len(data), 0
    if length >= 32:
        v = [(_PRIME[0] + _PRIME[1]) & _MASK, _PRIME[1], 0, -_PRIME[0] & _MASK]
        for lanes in struct.iter_unpack("<4Q", data[: length & ~31]):
            for i in range(4):
                v[i] = _round(v[i], lanes[i])
        at = length & ~31
        acc = (_rotate(v[0], 1) + _rotate(v[1], 7) + _rotate(v[2], 12)
               + _rotate(v[3], 18)) & _MASK
        for lane in v:
            acc = _merge(acc, lane)
    else:
        acc = _PRIME[4]
    acc = (acc + length) & _MASK
    while at + 8 <= length:
        acc ^= _round(0, struct.unpack_from("<Q", data, at)[0])
        acc = (_rotate(acc, 27) * _PRIME[0] + _PRIME[3]) & _MASK
        at += 8
    if at + 4 <= length:
        acc ^= struct.unpack_from("<I", data, at)[0] * _PRIME[0] & _MASK
        acc = (_rotate(acc, 23) * _PRIME[1] + _PRIME[2]) & _MASK
        at += 4
    for byte in data[at:]:
        acc = _rotate(acc ^ byte * _PRIME[4] & _MASK, 11) * _PRIME[0] & _MASK
    acc = (acc ^ acc >> 33) * _PRIME[1] & _MASK
    acc = (acc ^ acc >> 29) * _PRIME[2] & _MASK
    return acc ^ acc >> 32


def _find_xxh64():
    """libxxhash where it is installed: a buffer of 16 MiB takes Python seconds"""
    try:
        library = ctypes.CDLL("libxxhash.so.0")
        function = library.XXH64
    except (OSError, AttributeError):
        return _xxh64_python
    function.restype = ctypes.c_uint64
    function.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
    return lambda data: function(data, len(data), 0)


xxh64 = _find_xxh64()

# --------------------------------------------------------------- records

_HEADER = struct.Struct("<QHHIQQIIIIIIIIQQ112s64s32sI32s188x448Q")
_CRASH = struct.Struct("<8I8Q2Q")
_CHUNK = struct.Struct("<QQQIIIII20x")
_EXTENT = struct.Struct("<IHHQIIIIIIQ16x")
_VP = struct.Struct("<6I4Q4QQQ24x")
_CHANNEL = struct.Struct("<4I16s16s16x")

_TYPE_VPS, _TYPE_EXTENTS, _TYPE_CHANNELS = 1, 2, 3
_RECORDS = {_TYPE_VPS: _VP, _TYPE_EXTENTS: _EXTENT, _TYPE_CHANNELS: _CHANNEL}

Crash = namedtuple("Crash", """vp_index cpu vps_expected vps_parked vps_revoked
    registers_failed unload tsc_khz tsc_begin tsc_parked tsc_unload_begin
    tsc_unload_end tsc_revoke_begin tsc_revoke_end tsc_hash_end tsc_end
    pages_hashed pages_not_hashed""")

Vp = namedtuple("Vp", """state vp_index cpu stimers_stopped sints_masked
    slots_cleared before after tsc_parked tsc_revoked""")

Channel = namedtuple("Channel", """state relid subchannel flags device_class
    instance""")


class Region(namedtuple("Region", """state_number kind_number evidence_number
    gpa pages vp_index relid gpadl flags link hash""")):
    """Contiguous shared pages with one owner and one fate (hvcrash_extent)"""

    __slots__ = ()

    @property
    def kind(self):
        return KINDS.get(self.kind_number, f"unknown ({self.kind_number})")

    @property
    def state(self):
        return STATES.get(self.state_number, f"unknown ({self.state_number})")

    @property
    def evidence(self):
        return EVIDENCES.get(self.evidence_number,
                             f"unknown ({self.evidence_number})")

    @property
    def owner(self):
        if self.vp_index != NONE32:
            return f"VP {self.vp_index}"
        if self.relid != NONE32:
            return f"channel {self.relid}"
        return "VM"

    def is_sound(self):
        return (self.pages and self.gpa % PAGE == 0
                and self.gpa + self.pages * PAGE <= 1 << 64)


Finding = namedtuple("Finding", "region finding why")
Audit = namedtuple("Audit", "verdict findings gaps counts pages silent_vps")


class Registry:
    """The registry of one dump or live kernel, checked as it is opened.

    prog: a drgn.Program, or anything with read(address, bytes, physical) and
    vmcoreinfo(). Raises RegistryError.
    """

    def __init__(self, prog):
        self._source = _source_of(prog)
        self.gpa = self._source.find()
        self._open_header()
        self._open_chunks()

    # -- reading

    def _read(self, gpa, count, what):
        try:
            return self._source.read(gpa, count)
        except AbsentError:
            raise RegistryError(f"registry {what} at {gpa:#x}: not in the dump") from None

    def _damaged(self, gpa, what, why):
        return RegistryError(f"registry {what} at {gpa:#x}: {why}")

    def _open_header(self):
        raw = self._read(self.gpa, PAGE, "header")
        fields = _HEADER.unpack(raw)
        (magic, self.major, self.minor, header_bytes, gpa, checksum,
         self.phase, self.coverage, self.chunk_bytes, nr_chunks,
         self.vmbus_version, self.extents_dropped, self.extents_torn,
         self.untracked, self.published, self.retired) = fields[:16]
        self.crash = Crash(*_CRASH.unpack(fields[16]))
        self.release = _text(fields[17])
        self.module_version = _text(fields[18])
        self.way = fields[19]
        self._check_head(magic, header_bytes, gpa)
        if self.is_finished:
            computed = xxh64(raw[:24] + bytes(8) + raw[32:])
            if computed != checksum:
                raise self._damaged(self.gpa, "header", "wrong checksum")
        self._check_directory(fields[21:], nr_chunks)

    def _check_head(self, magic, header_bytes, gpa):
        wrong = (
            (magic != MAGIC, f"wrong magic {magic:#x}"),
            (self.major != MAJOR,
             f"format {self.major}.{self.minor} is not supported"),
            (header_bytes != PAGE, f"size of {header_bytes} bytes"),
            (gpa != self.gpa, f"says that it is at {gpa:#x}"),
            (self.phase not in PHASES, f"unknown phase {self.phase}"),
        )
        for is_wrong, why in wrong:
            if is_wrong:
                raise self._damaged(self.gpa, "header", why)

    def _check_directory(self, gpas, nr_chunks):
        size = self.chunk_bytes
        if not size or size > MAX_CHUNK_BYTES or size % PAGE:
            raise self._damaged(self.gpa, "header", f"chunks of {size} bytes")
        if nr_chunks > MAX_CHUNKS:
            raise self._damaged(self.gpa, "header", f"{nr_chunks} chunks")
        self._chunks = gpas[:nr_chunks]
        taken = [(self.gpa, PAGE)]
        for gpa in self._chunks:
            if not _is_page_range(gpa, size):
                raise self._damaged(self.gpa, "header",
                                    f"a chunk has the bad address {gpa:#x}")
            for other, other_bytes in taken:
                if gpa < other + other_bytes and other < gpa + size:
                    raise self._damaged(self.gpa, "header",
                                        f"chunks overlap at {gpa:#x}")
            taken.append((gpa, size))

    def _open_chunks(self):
        self._records = []
        for index, gpa in enumerate(self._chunks):
            raw = self._read(gpa, _CHUNK.size, "chunk")
            (magic, own, checksum, own_index, kind, record_bytes, nr_records,
             used) = _CHUNK.unpack(raw)
            record = _RECORDS.get(kind)
            room = nr_records * record_bytes
            wrong = (
                (magic != CHUNK_MAGIC, f"wrong magic {magic:#x}"),
                (own != gpa, f"says that it is at {own:#x}"),
                (own_index != index, f"index {own_index}, not {index}"),
                (record is None, f"unknown type {kind}"),
                (record and record_bytes != record.size,
                 f"records of {record_bytes} bytes"),
                (room > self.chunk_bytes - _CHUNK.size,
                 f"{nr_records} records do not fit into it"),
                (used < _CHUNK.size or used - _CHUNK.size > room
                 or (used - _CHUNK.size) % (record_bytes or 1),
                 f"{used} bytes used"),
            )
            for is_wrong, why in wrong:
                if is_wrong:
                    raise self._damaged(gpa, "chunk", why)
            body = self._read(gpa, used, "chunk")
            if self.is_finished and checksum != xxh64(
                    body[:16] + bytes(8) + body[24:]):
                raise self._damaged(gpa, "chunk", "wrong checksum")
            self._records.append((kind, body[_CHUNK.size:]))
        self._check_regions()

    def _check_regions(self):
        """Every used record of a finished registry was written whole"""
        if not self.is_finished:
            return
        for region in self._all_regions():
            if region.state_number not in (EMPTY, BUSY) and not region.is_sound():
                raise RegistryError(
                    f"registry: bad address {region.gpa:#x} with {region.pages} pages")

    # -- what it holds

    @property
    def is_finished(self):
        return self.phase == FINISHED

    @property
    def is_running(self):
        """The kernel runs: there is nothing to judge yet"""
        return getattr(self._source, "is_live", False)

    def _of_type(self, wanted):
        for kind, body in self._records:
            if kind == wanted:
                yield from _RECORDS[kind].iter_unpack(body)

    def _all_regions(self):
        for fields in self._of_type(_TYPE_EXTENTS):
            yield Region(*fields)

    def regions(self):
        """Every region in use, torn down ones included"""
        return (r for r in self._all_regions() if r.state_number != EMPTY)

    def vps(self):
        for f in self._of_type(_TYPE_VPS):
            if f[0] != VP_ABSENT:
                yield Vp(*f[:6], f[6:10], f[10:14], f[14], f[15])

    def channels(self):
        for fields in self._of_type(_TYPE_CHANNELS):
            if fields[0] != EMPTY:
                yield Channel(*fields)

    # -- the verdict

    def _contents(self, region, budget):
        """'same', 'changed', or why it could not be compared"""
        if region.state_number not in RETURNED:
            return "contents not compared"
        if not region.flags & FLAG_HASHED:
            if self.way == WAY_KEXEC:
                return "given on"
            return "contents were not hashed"
        size = region.pages * PAGE
        if size > budget[0]:
            return "more pages than the dump holds"
        budget[0] -= size
        try:
            data = self._source.read(region.gpa, size)
        except AbsentError:
            return "a page is not in the dump"
        return "same" if xxh64(data) == region.hash else "changed"

    def _judge(self, region, contents):
        state = region.state_number
        if state in (EMPTY, TORN_DOWN):
            return None
        if not self.is_finished:
            return "not checked", "the registry was not finished"
        left = {SHARED: "never revoked",
                FAILED: "its register reads back as enabled",
                NOT_REACHED: "its VP did not answer"}
        if state in left:
            return "left shared", left[state]
        if state == BUSY:
            return "not checked", "its update was interrupted"
        if state not in RETURNED:
            return "not checked", f"state {state} is unknown"
        if region.kind_number not in KINDS:
            return "not checked", f"kind {region.kind_number} is unknown"
        is_proof = region.evidence_number in PROVING or (
            region.evidence_number == EV_DRIVER
            and region.kind_number == KIND_DRIVER)
        if not is_proof:
            return "not checked", f"evidence '{region.evidence}' does not prove the state"
        if contents == "changed":
            return "changed after revoke", "contents differ"
        if contents not in ("same", "given on"):
            return "not checked", contents
        if state == REVOKED_LATE:
            return "revoked late", "by the second kernel"
        return "clean", ""

    def audit(self):
        """The same question as "hvcrashctl audit", answered independently"""
        findings, counts, pages = [], {}, {}
        budget = [self._source.size() * MAX_CLAIMS_PER_PAGE]
        for region in self.regions():
            contents = (self._contents(region, budget) if self.is_finished
                        else "contents not compared")
            judged = self._judge(region, contents)
            if judged is None:
                continue
            findings.append(Finding(region, *judged))
            counts[judged[0]] = counts.get(judged[0], 0) + 1
            pages[judged[0]] = pages.get(judged[0], 0) + region.pages
        silent, registers_on, unknown = self._judge_vps()
        gaps = self._gaps(findings, silent, unknown)
        is_bad = self.is_finished and (
            counts.get("left shared") or counts.get("changed after revoke")
            or registers_on or self.crash.registers_failed)
        verdict = NOT_CLEAN if is_bad else CANNOT_TELL if gaps else CLEAN
        return Audit(verdict, findings, gaps, counts, pages, silent)

    def _judge_vps(self):
        silent, registers_on, unknown = [], 0, 0
        for vp in self.vps():
            if vp.state == VP_REVOKED:
                registers_on += sum(value & 1 for value in vp.after[:3])
            elif vp.state in (VP_ONLINE, VP_SILENT):
                silent.append(vp.vp_index)
            elif vp.state != VP_OFFLINE:
                unknown += 1
        return silent, registers_on, unknown

    def _gaps(self, findings, silent, unknown_vps):
        gaps = [word for bit, word in GAPS.items() if self.coverage & bit]
        if self.coverage & ~sum(GAPS):
            gaps.append("unknown")
        if self.extents_dropped:
            gaps.append("dropped")
        if self.extents_torn:
            gaps.append("torn")
        if self.untracked:
            gaps.append("untracked")
        if not self.is_finished:
            return _once(gaps + ["phase"])
        if self.crash.unload not in UNLOAD_FINE:
            gaps.append("unload")
        if self.crash.pages_not_hashed:
            gaps.append("not-hashed")
        owners = {f.region.vp_index for f in findings}
        if unknown_vps or any(vp not in owners for vp in silent) or (
                self.crash.vps_revoked < self.crash.vps_expected and not silent):
            gaps.append("vps")
        if not findings:
            gaps.append("empty")
        if any(f.finding == "not checked" for f in findings):
            gaps.append("not-checked")
        return _once(gaps)


def _once(words):
    return list(dict.fromkeys(words))


def _text(field):
    """Printable ASCII up to the NUL: the dump's bytes reach a terminal"""
    text = field.split(b"\0", 1)[0]
    return "".join(chr(b) if 32 <= b < 127 else "?" for b in text) or "unknown"


def _is_page_range(gpa, size):
    return gpa and gpa % PAGE == 0 and gpa + size < 1 << 64


def registry_gpa(vmcoreinfo):
    """GPA of the registry by VMCOREINFO. The last line is the newest."""
    value = None
    for line in vmcoreinfo.split("\n"):
        if line.startswith("HVCRASH_REGISTRY="):
            value = line[len("HVCRASH_REGISTRY="):]
    if value is None:
        raise RegistryError(
            "no registry: VMCOREINFO has no line HVCRASH_REGISTRY (was hvcrash.ko loaded when the kernel crashed?)")
    digits = value[2:]
    if (not value.startswith("0x") or not 1 <= len(digits) <= 16
            or digits.strip("0123456789abcdef")):
        raise RegistryError("VMCOREINFO: bad value in HVCRASH_REGISTRY=")
    gpa = int(digits, 16)
    if not _is_page_range(gpa, PAGE):
        raise RegistryError(f"VMCOREINFO: {gpa:#x} is not the address of a page")
    return gpa


class _Drgn:
    """Memory and VMCOREINFO of a drgn.Program"""

    def __init__(self, prog):
        import drgn

        self._prog = prog
        self._fault = drgn.FaultError
        self.is_live = bool(prog.flags & drgn.ProgramFlags.IS_LIVE)

    def find(self):
        if not self.is_live:
            return registry_gpa(self._prog["VMCOREINFO"].string_().decode(
                "ascii", "replace"))
        # The line is written in the crash path; until then sysfs has the address
        try:
            with open("/sys/kernel/hvcrash/address", encoding="ascii") as file:
                return int(file.read(), 16)
        except FileNotFoundError:
            raise RegistryError(
                "no registry: hvcrash.ko is not loaded in this kernel") from None

    def read(self, gpa, count):
        try:
            return self._prog.read(gpa, count, True)
        except self._fault:
            raise AbsentError from None

    def size(self):
        """More than any dump holds, where drgn cannot say: RAM of the machine"""
        return 1 << 44


def _source_of(prog):
    return prog if hasattr(prog, "find") else _Drgn(prog)


WORDS = {
    CLEAN: "CLEAN: {regions} regions of {pages} pages, all revoked",
    NOT_CLEAN: "NOT CLEAN: the host can still write to {left} pages of the crashed kernel, or wrote to {changed} after they were revoked",
    CANNOT_TELL: "CANNOT TELL: {gaps}",
}


def show_shared(registry):
    """Print what a running kernel shares with the host now"""
    shared = [r for r in registry.regions() if r.state_number != TORN_DOWN]
    print(f"This kernel runs, and shares {sum(r.pages for r in shared)} pages in {len(shared)} regions:")
    for region in shared:
        print(f"  {region.gpa:#014x} {region.pages:6} {region.kind:16} {region.owner:12} {region.state}")
    return None


def show(registry):
    """Print the verdict, and each region that is not clean; of a running kernel, what it shares"""
    if registry.is_running:
        return show_shared(registry)
    audit = registry.audit()
    good = ("clean", "revoked late")
    print(WORDS[audit.verdict].format(
        regions=sum(audit.counts.get(g, 0) for g in good),
        pages=sum(audit.pages.get(g, 0) for g in good),
        left=audit.pages.get("left shared", 0),
        changed=audit.pages.get("changed after revoke", 0),
        gaps=", ".join(audit.gaps)))
    for region, finding, why in audit.findings:
        if finding not in good:
            print(f"  {region.gpa:#014x} {region.pages:6} {region.kind:16} "
                  f"{region.owner:12} {region.state}: {finding}, {why}")
    if audit.verdict == NOT_CLEAN and audit.gaps:
        print("Gaps:", ", ".join(audit.gaps))
    return audit


def main(prog):
    try:
        show(Registry(prog))
    except RegistryError as error:
        print(f"CANNOT TELL: {error}")


if __name__ == "__main__":
    main(prog)  # noqa: F821 # drgn's own name for what it has opened
