#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, sourced by dracut's init: runs the second kernel's task.
PATH=$PATH:/lab/bin /lab/init
