#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The packages on the next Debian, whose kernel has VMBus built in: built, installed, removed and purged.

# shellcheck disable=SC2034 # for life.bash
release=forky vmbus=built-in
load life.bash

@test "make deb builds hvcrash-dkms and hvcrash-tools" { builds_them; }

@test "lintian finds no error" { lintian_is_content; }

@test "they are installed with only what the system has" { installs_them; }

@test "installed, the tools run, and the module is built, comes before netvsc, uio and sockets and is in the initrd" { installed_it_works; }

@test "a kernel for which the module does not build is named in apt's output, with what to do" { a_failed_build_is_loud; }

@test "removing them undoes what hvcrash-configure did" { removes_them; }

@test "purged, they leave nothing behind" { purges_them; }
