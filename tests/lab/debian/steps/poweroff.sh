#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: powers off
set -eu

systemctl --no-block poweroff
