#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, sourced by dracut's init: what the second kernel is there for.
PATH=$PATH:/lab/bin /lab/init
