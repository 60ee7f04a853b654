#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judges generated dumps with tools/drgn/hvcrash.py and with hvcrashctl, and compares.

    judge.py HVCRASHCTL CORE               verdicts, regions and gaps of one dump
    judge.py HVCRASHCTL CORE fuzz N SEED   the same for N damaged copies of it
    judge.py HVCRASHCTL DIRECTORY all      the same for each dump in it

The dump's memory comes from a small ELF reader here, in place of drgn's: the
fixtures are not whole kernels, which drgn requires. Ends with status 1 and the
first difference.
"""
import json
import os
import random
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../tools/drgn"))
import hvcrash  # noqa: E402


class Elf:
    """PT_LOAD by physical address, and VMCOREINFO, of a 64-bit little-endian core"""

    def __init__(self, data):
        self.data = data
        phoff, = struct.unpack_from("<Q", data, 32)
        count, = struct.unpack_from("<H", data, 56)
        if count == 0xFFFF:  # PN_XNUM: it is in the first section header
            shoff, = struct.unpack_from("<Q", data, 40)
            count, = struct.unpack_from("<I", data, shoff + 44)
        self.loads, notes = [], b""
        for i in range(count):
            kind, _, offset, _, paddr, filesz, memsz, _ = struct.unpack_from(
                "<IIQQQQQQ", data, phoff + i * 56)
            if kind == 1:
                self.loads.append((paddr, filesz, offset))
            elif kind == 4:
                notes += data[offset:offset + filesz]
        self.vmcoreinfo = self._vmcoreinfo(notes)

    @staticmethod
    def _vmcoreinfo(notes):
        at, found = 0, ""
        while at + 12 <= len(notes):
            name_size, size, _ = struct.unpack_from("<III", notes, at)
            at += 12
            name = notes[at:at + name_size].rstrip(b"\0")
            at += (name_size + 3) & ~3
            if name == b"VMCOREINFO":
                found = notes[at:at + size].rstrip(b"\0").decode("latin-1")
            at += (size + 3) & ~3
        return found

    def find(self):
        return hvcrash.registry_gpa(self.vmcoreinfo)

    def read(self, gpa, count):
        result = b""
        while count:
            for paddr, filesz, offset in self.loads:
                if paddr <= gpa < paddr + filesz:
                    some = min(count, paddr + filesz - gpa)
                    at = offset + gpa - paddr
                    if at + some > len(self.data):
                        raise hvcrash.AbsentError  # the file was cut short
                    result += self.data[at:at + some]
                    break
            else:
                raise hvcrash.AbsentError
            gpa += some
            count -= some
        return result

    def size(self):
        return sum(filesz for _, filesz, _ in self.loads)

    def file_offset(self, gpa):
        for paddr, filesz, offset in self.loads:
            if paddr <= gpa < paddr + filesz:
                return offset + gpa - paddr
        return None


def by_drgn(data):
    """(verdict, rows): rows are (gpa, pages, kind, finding), sorted"""
    try:
        audit = hvcrash.Registry(Elf(data)).audit()
    except hvcrash.RegistryError:
        return hvcrash.CANNOT_TELL, None
    return audit.verdict, sorted((f.region.gpa, f.region.pages, f.region.kind,
                                  f.finding) for f in audit.findings)


def by_tool(tool, path):
    run = subprocess.run([tool, "audit", "--all", "--json", path], check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    report = json.loads(run.stdout)
    if "findings" not in report:
        return {2: hvcrash.CANNOT_TELL}.get(run.returncode, run.returncode), None
    return report["verdict"], sorted(
        (int(f["gpa"], 16), f["pages"], f["kind"], f["finding"])
        for f in report["findings"])


def compare(tool, path, data, what):
    ours, theirs = by_drgn(data), by_tool(tool, path)
    if ours == theirs:
        return ours[0]
    print(f"{what}: drgn's module says {ours[0]}, hvcrashctl {theirs[0]}")
    for row in sorted(set(ours[1] or []) ^ set(theirs[1] or [])):
        print("  only one of them has", row)
    sys.exit(1)


def registry_ranges(data):
    """Where in the file the header and the used part of each chunk are"""
    elf = Elf(data)
    registry = hvcrash.Registry(elf)
    ranges = [(elf.file_offset(registry.gpa), 512)]
    for gpa, (_, body) in zip(registry._chunks, registry._records):
        ranges.append((elf.file_offset(gpa), 64 + len(body)))
    return ranges


def seal(data):
    """Make the checksums right again, so that what was damaged is read"""
    elf = Elf(bytes(data))
    try:
        registry_gpa = elf.find()
    except hvcrash.RegistryError:
        return
    at = elf.file_offset(registry_gpa)
    chunk_bytes, nr = struct.unpack_from("<II", data, at + 40)
    for i in range(min(nr, hvcrash.MAX_CHUNKS)):
        gpa, = struct.unpack_from("<Q", data, at + 512 + 8 * i)
        chunk = elf.file_offset(gpa)
        if chunk is None:
            continue
        used, = struct.unpack_from("<I", data, chunk + 40)
        data[chunk + 16:chunk + 24] = bytes(8)
        body = bytes(data[chunk:chunk + min(used, chunk_bytes)])
        struct.pack_into("<Q", data, chunk + 16, hvcrash.xxh64(body))
    data[at + 24:at + 32] = bytes(8)
    struct.pack_into("<Q", data, at + 24, hvcrash.xxh64(bytes(data[at:at + 4096])))


def fuzz(tool, original, count, seed):
    chance = random.Random(seed)
    ranges = registry_ranges(original)
    path = "fuzzed"
    seen = {}
    for i in range(count):
        data = bytearray(original)
        for _ in range(chance.choice((1, 1, 2, 5))):
            start, size = chance.choice(ranges)
            at = start + chance.randrange(size)
            # most fields are small numbers, among them those that the ABI reserves
            data[at] = chance.choice((chance.randrange(16), 0xFF, chance.randrange(256)))
        if chance.random() < 0.8:
            seal(data)
        with open(path, "wb") as file:
            file.write(data)
        verdict = compare(tool, path, bytes(data), f"copy {i} of seed {seed}")
        seen[verdict] = seen.get(verdict, 0) + 1
    print(", ".join(f"{n} {verdict}" for verdict, n in sorted(seen.items())))


def every(tool, directory):
    """Each dump in the directory, up to the first that differs"""
    seen = {}
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        with open(path, "rb") as file:
            verdict = compare(tool, path, file.read(), name)
        seen[verdict] = seen.get(verdict, 0) + 1
    print(", ".join(f"{n} {verdict}" for verdict, n in sorted(seen.items())))


def main():
    tool, path = sys.argv[1:3]
    if sys.argv[3:4] == ["all"]:
        every(tool, path)
        return
    with open(path, "rb") as file:
        data = file.read()
    if sys.argv[3:4] == ["fuzz"]:
        fuzz(tool, data, int(sys.argv[4]), int(sys.argv[5]))
    else:
        print(compare(tool, path, data, path))


if __name__ == "__main__":
    main()
