#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: reloads the crash kernel, as after a change of the memory or of the CPUs.
set -eu
kdump-config unload
kdump-config load
