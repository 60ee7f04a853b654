#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: lists the files before hvcrash is installed, with a boot menu made by the distribution's own means.
set -eu

update-grub
mkdir -p /var/lib/lab /var/lib/prometheus/node-exporter # as where node_exporter is installed
/usr/local/lib/lab/manifest >/var/lib/lab/before
/usr/local/lib/lab/files >/var/lib/lab/files
