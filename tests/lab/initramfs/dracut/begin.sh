#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, sourced by dracut's init: there is no root file system, and that is all right.
# shellcheck disable=SC2034 # read by dracut
root=lab
rootok=1
