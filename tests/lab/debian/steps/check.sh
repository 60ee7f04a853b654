#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: checks everything that hvcrash-configure set up
hvcrash-configure --check
