#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: asks the lab to change a byte of the registry's header, in struct hvcrash_crash, once the crash kernel is up.
set -eu

address=$(cat /sys/kernel/hvcrash/address)
printf '0x%x\n' $((address + 80)) >/run/lab/poke
send poke /run/lab/poke
