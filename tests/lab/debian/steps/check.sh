#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: does all hold that hvcrash-configure set up?
hvcrash-configure --check
