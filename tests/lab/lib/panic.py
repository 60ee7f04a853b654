# SPDX-License-Identifier: GPL-2.0-only
"""For drgn: the line of the panic, from the log in the dump; see ask_drgn in debug.bash.

An oops with panic_on_oops and without crash_kexec_post_notifiers never comes to panic(): oops_end() calls crash_kexec()
(arch/x86/kernel/dumpstack.c). The oops line is then the panic message, as in crash.
"""
from drgn.helpers.linux.printk import get_printk_records

# The most telling first
WORDS = (b"Kernel panic", b"kernel BUG at", b"BUG: ", b"Oops: ")

first = {}
for record in get_printk_records(prog):  # noqa: F821 - drgn gives it
    for words in WORDS:
        if record.text.startswith(words):
            first.setdefault(words, record.text)
for words in WORDS:
    if words in first:
        print("PANIC: " + first[words].decode(errors="replace"))
        break
