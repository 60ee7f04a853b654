# SPDX-License-Identifier: GPL-2.0-only
"""For drgn: the line of the panic, from the log in the dump; see ask_drgn in debug.bash."""
from drgn.helpers.linux.printk import get_printk_records

for record in get_printk_records(prog):  # noqa: F821 - drgn gives it
    if record.text.startswith(b"Kernel panic"):
        print(record.text.decode(errors="replace"))
        break
