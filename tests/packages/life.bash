# SPDX-License-Identifier: GPL-2.0-only
# bash. life.bash - from the build to the purge, the same on each release
#
# Each step needs those before it.
# shellcheck shell=bash disable=SC2154 # $release, of the file

# shellcheck source-path=SCRIPTDIR source=helpers.bash
. "$(dirname "${BASH_SOURCE[0]}")/helpers.bash"

builds_them() {
	make_it deb DPKG_BUILDPACKAGE dpkg-buildpackage
	cp "$out"/deb/*.deb "$out"/deb/*.changes "$out"/deb/*.buildinfo "$out/debs"
	rm "$out"/debs/*dbgsym*
	expect "$(cd "$out/debs" && echo *.deb)" "hvcrash-dkms_$(version)_all.deb hvcrash-tools_$(version)_amd64.deb"
}

lintian_is_content() {
	on sh -c 'cd /mnt && lintian --allow-root --fail-on error *.deb' >"$out/lintian"
	expect "$(grep -c '^E:' "$out/lintian" || true)" 0
}

installs_them() {
	system_files >"$out/before"
	on sh -c 'dpkg -i /mnt/*.deb'
	expect "$(on dpkg -l hvcrash-dkms hvcrash-tools | grep -c ^ii)" 2
	on dpkg --audit
}

installed_it_works() {
	local ko
	expect "$(on hvcrashctl --version | grep -o '[0-9.]*$')" "$(version)"
	on hvcrash-configure --help >/dev/null
	on hvcrashctl status >"$out/status" || true
	expect_word "$out/status" Checks:
	ko=$(on modinfo -k "$(kernel)" -F filename hvcrash)
	expect "$(on modinfo -F version "$ko")" "$(version)"
	# modprobe takes it before VMBus, and so does the initrd
	on modprobe -S "$(kernel)" --show-depends hv_vmbus >"$out/depends"
	expect_word <(head -n 1 "$out/depends") hvcrash.ko
	expect_word <(tail -n 1 "$out/depends") hv_vmbus.ko
	expect "$(initrd_has '/hvcrash\.ko')" 1
	expect "$(initrd_has 'modprobe.d/hvcrash\.conf')" 1
	# What the packages brought is not brought again
	on hvcrash-configure --force --no-bootloader --dry-run >"$out/plan"
	expect "$(grep -cE '/etc/(modprobe|modules-load).d/hvcrash' "$out/plan" || true)" 0
}

upgrades_them() {
	build_next
	cp "$out"/next/*.deb "$out/debs"
	rm "$out"/debs/*dbgsym*
	on sh -c "dpkg -i /mnt/*_${next}_*.deb"
	expect "$(on hvcrashctl --version | grep -o '[0-9.]*$')" "$next"
	expect "$(on modinfo -k "$(kernel)" -F version hvcrash)" "$next"
	expect "$(on sh -c 'ls -d /usr/src/hvcrash-* /var/lib/dkms/hvcrash/[0-9]*' | xargs -n 1 basename | sort -u | paste -sd ' ')" "$next hvcrash-$next"
}

removes_them() {
	on hvcrash-configure --force --no-bootloader
	expect "$(on sh -c 'ls /etc/sysctl.d/60-hvcrash.conf')" /etc/sysctl.d/60-hvcrash.conf
	on mkdir -p /var/lib/hvcrash/audit/20260101000000
	# what the boot after a crash writes
	# shellcheck disable=SC2016 # expanded by the inner shell
	on sh -c 'mkdir -p /var/lib/prometheus/node-exporter && touch /var/lib/hvcrash/published /var/lib/hvcrash/last-crash.json &&
		for n in hvcrash hvcrash-audit hvcrash-crash; do : >/var/lib/prometheus/node-exporter/$n.prom; done'
	on dpkg -r hvcrash-dkms hvcrash-tools
	expect "$(on sh -c 'ls -d /etc/sysctl.d/*hvcrash* /var/lib/hvcrash/configure 2>/dev/null' || true)" ""
	expect "$(initrd_has hvcrash)" 0
	expect "$(on sh -c 'grep -l hvcrash /lib/modules/*/modules.*' || true)" ""
}

purges_them() {
	on dpkg -P hvcrash-dkms hvcrash-tools
	# the collector's directory is not ours, and has to be empty by now
	on rmdir -p --ignore-fail-on-non-empty /var/lib/prometheus/node-exporter
	on sh -c '[ ! -e /var/lib/prometheus/node-exporter ]'
	system_files >"$out/after"
	diff -u "$out/before" "$out/after"
	expect "$(on sh -c 'grep -rl hvcrash /var/lib/dpkg/info /var/lib/dpkg/status /var/lib/dkms /var/lib/systemd' || true)" ""
}

# rpm knows nothing of what is installed on Debian, so it cannot ask for what the build needs
builds_the_rpms() {
	make_it rpm RPMBUILD 'rpmbuild --nodeps'
	make -s -C "$repo" install install-dkms DISTRO=rhel DESTDIR="$out/rhel"
	# shellcheck disable=SC2016 # expanded by the inner shell
	(cd "$out/rpm" && "$repo/tests/packages/in-system" "$release" sh -c 'rpm -qpl RPMS/*/*.rpm') |
		grep -vE '^/usr/(lib/\.build-id|share/(doc|licenses))' >"$out/rpm-files"
	(cd "$out/rhel" && find . -type f | sed 's/^\.//') >"$out/installed"
	# Directories of ours are listed too; each file that make install brings is in one package
	grep -vxFf <(cd "$out/rhel" && find . -type d | sed 's/^\.//') "$out/rpm-files" | sed 's/\.gz$//' | LC_ALL=C sort >"$out/packed"
	LC_ALL=C sort "$out/installed" | diff -u - "$out/packed"
}
