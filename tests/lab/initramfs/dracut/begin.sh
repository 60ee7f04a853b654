#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, sourced by dracut's init: the guest has no root file system, on purpose.
# shellcheck disable=SC2034 # read by dracut
root=lab
rootok=1
