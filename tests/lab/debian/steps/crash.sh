#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: crashes on the second CPU.
set -eu

sync
taskset -c 1 sh -c 'echo c >/proc/sysrq-trigger'
