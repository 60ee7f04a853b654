#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: evaluates the condition of power_state in examples/cloud-init.yaml, on which cloud-init reboots.
test -e /run/hvcrash-configured
