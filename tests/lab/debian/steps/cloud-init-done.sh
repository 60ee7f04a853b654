#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: the condition of power_state in examples/cloud-init.yaml, by which cloud-init reboots.
test -e /run/hvcrash-configured
