#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: removes hvcrashctl.
set -eu

rm /usr/sbin/hvcrashctl
