#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: stand-ins for the commands of runcmd in examples/cloud-init.yaml, which the lab appends to this. The guest
# has no network, no compiler and no DKMS, so what those would bring is there already ("lab gates dkms" tests DKMS itself). Real are
# the unpacking, hvcrash-configure, and the mark on which cloud-init reboots.
set -eu

# curl ... -o FILE ADDRESS
curl() {
	while [ "$1" != -o ]; do shift; done
	cp /usr/local/lib/lab/hvcrash.tar.gz "$2"
}

dkms() {
	case $1 in
	add) [ -e "$2/dkms.conf" ] ;;
	install)
		[ "$2" = "hvcrash/$(modinfo -F version /var/lib/lab/whole/hvcrash.ko)" ]
		cp /var/lib/lab/whole/hvcrash.ko "/lib/modules/$(uname -r)/updates/"
		depmod "$(uname -r)"
		;;
	esac
}

# make install DISTRO=debian: installed already, from the same source
make() { grep -q "^$1:" Makefile; }

rm -f /run/hvcrash-configured
