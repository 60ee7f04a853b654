#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: is this machine ready to crash?
hvcrashctl status
