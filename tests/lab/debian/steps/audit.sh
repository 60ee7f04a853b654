#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: the audit of the dump, after the next boot.
hvcrashctl audit --json /var/crash/[0-9]*/dump.*
