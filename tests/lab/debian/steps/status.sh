#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: asks whether this machine is ready to crash
hvcrashctl status
