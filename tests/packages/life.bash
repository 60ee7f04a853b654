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
	generated_files >"$out/generated.before"
	on sh -c 'dpkg -i /mnt/*.deb'
	expect "$(on dpkg -l hvcrash-dkms hvcrash-tools | grep -c ^ii)" 2
	on dpkg --audit
	# journalctl -x knows the texts
	expect "$(catalog_ids)" 3
}

# order_in PROGRAM MODULE: the modules that "modprobe MODULE" loads in the normal initrd made by PROGRAM, according to that initrd's own modprobe and
# configuration, one file name a line. PROGRAM is mkinitramfs, whose initrd usually exists already, or dracut.
order_in() {
	# shellcheck disable=SC2016 # for the shell in there
	on sh -euc '
		kernel=$1 program=$2 module=$3
		mkdir /tmp/initrd
		case $program in
		mkinitramfs)
			initrd=/boot/initrd.img-$kernel
			if [ -e /etc/initramfs-tools/conf.d/lab ]; then # of the tree, for initrds without drivers
				cp -a /etc/initramfs-tools /tmp/initramfs-tools
				rm /tmp/initramfs-tools/conf.d/lab
				initrd=/tmp/initrd.img
				mkinitramfs -d /tmp/initramfs-tools -o "$initrd" "$kernel"
			fi
			unmkinitramfs "$initrd" /tmp/initrd
			[ ! -d /tmp/initrd/main ] || mv /tmp/initrd /tmp/parts
			[ -d /tmp/initrd ] || mv /tmp/parts/main /tmp/initrd
			;;
		dracut)
			# Without dracut-network it takes no drivers of network cards, unless told to
			dracut --force --quiet --no-hostonly --no-early-microcode --add-drivers "$module" --compress "gzip -1" \
				--omit busybox /tmp/dracut.img "$kernel" >&2 # udev loads by libkmod, as the modprobe of kmod does
			# Not by gzip and cpio: on forky a part that is not compressed comes first
			(cd /tmp/initrd && lsinitrd --unpack /tmp/dracut.img)
			;;
		esac
		chroot /tmp/initrd modprobe -S "$kernel" --show-depends "$module"' sh "$(kernel)" "$@" |
		sed -n 's/^insmod \([^ ]*\).*/\1/p; s/^builtin //p' | sed 's|.*/||; s/\.ko.*//'
}

# comes_first DEPENDS MODULE: hvcrash comes first among what modprobe would load for MODULE and is part of Hyper-V: uio and vsock are not
comes_first() {
	expect "$(grep -oE '(^|/)(hvcrash|hv_|uio_hv_)' "$1" | head -n 1 | tr -d /)" hvcrash
	expect "$(tail -n 1 "$1" | grep -c "$2")" 1
}

installed_it_works() {
	local ko module program
	expect "$(on hvcrashctl --version | grep -o '[0-9.]*$')" "$(version)"
	on hvcrash-configure --help >/dev/null
	on hvcrashctl status >"$out/status" || true
	expect_word "$out/status" Checks:
	ko=$(on modinfo -k "$(kernel)" -F filename hvcrash)
	expect "$(on modinfo -F version "$ko")" "$(version)"
	# modprobe loads it before VMBus, and so does the initrd
	for module in hv_netvsc uio_hv_generic hv_sock; do
		on modprobe -S "$(kernel)" --show-depends "$module" >"$out/depends"
		comes_first "$out/depends" "$module.ko"
	done
	expect "$(initrd_has '/hvcrash\.ko')" 1
	expect "$(initrd_has 'modprobe.d/hvcrash\.conf')" 1
	for program in mkinitramfs dracut; do
		for module in hv_vmbus hv_netvsc; do
			# Nothing can be loaded before a built-in VMBus
			[ "$module:$vmbus" != hv_vmbus:built-in ] || continue
			order_in "$program" "$module" >"$out/depends"
			comes_first "$out/depends" "$module"
		done
	done
	# hvcrash-configure does not add what the packages contain
	on hvcrash-configure --force --no-bootloader --dry-run >"$out/plan"
	expect "$(grep -cE '/etc/(modprobe|modules-load).d/hvcrash' "$out/plan" || true)" 0
}

# As in an upgrade to a kernel that the module does not build for: DKMS names it, with its log, and fails the kernel's package. Where
# DKMS does not try, the hook of hvcrash says what is missing, and what to do.
a_failed_build_is_loud() {
	local package
	package=linux-image-$(kernel) # its configuration runs the hooks for a new kernel
	# shellcheck disable=SC2016 # expanded by the inner shell
	on sh -c '
		dkms unbuild "hvcrash/$1" -k "$2"
		sed -i "1i #error broken" /usr/src/hvcrash-$1/main.c
		dpkg-reconfigure "$3"' sh "$(version)" "$(kernel)" "$package" >"$out/failed" 2>&1 || true
	expect_word "$out/failed" "/var/lib/dkms/hvcrash/$(version)/build/make.log"
	# shellcheck disable=SC2016 # likewise
	on sh -c 'sed -i 1d /usr/src/hvcrash-$1/main.c && dkms remove "hvcrash/$1" --all && dpkg-reconfigure "$2"' \
		sh "$(version)" "$package" >"$out/reconfigured" 2>&1
	expect_word "$out/reconfigured" "hvcrash: WARNING: kernel $(kernel) has no hvcrash.ko"
	expect_word "$out/reconfigured" "dkms install hvcrash/$(version) -k $(kernel)"
	# what it says helps
	on dkms install "hvcrash/$(version)" -k "$(kernel)"
	on dpkg-reconfigure "$package" >"$out/reconfigured" 2>&1
	expect "$(grep -c 'hvcrash: WARNING' "$out/reconfigured" || true)" 0
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

# after_a_crash: what is there after one: the next boot's own script runs as its unit runs it, on a dump with a report, and with
# the directory of the metrics where it is by default and where the administrator wants it.
after_a_crash() {
	local file
	on mkdir -p /var/lib/prometheus/node-exporter /srv/metrics /etc/systemd/system/hvcrash-publish.service.d /var/crash/202611280512
	# shellcheck disable=SC2016 # for the shell in there
	on sh -euc '
		cd /var/crash/202611280512
		echo data >dump.202611280512
		echo "{\"schema\": \"hvcrash.audit/1\", \"verdict\": \"clean\", \"message\": \"CLEAN: 1\", \"exit_status\": 0,
			\"summary\": {\"crash_time\": \"2026-11-28T05:11:40Z\"}}" >hvcrash-audit.json
		printf "[Service]\nEnvironment=HVCRASH_TEXTFILES=/srv/metrics\n" >/etc/systemd/system/hvcrash-publish.service.d/site.conf
		for dir in "" /srv/metrics; do
			rm -f /var/lib/hvcrash/published /var/lib/hvcrash/last-crash.json
			HVCRASH_TEXTFILES=$dir /usr/lib/hvcrash/publish
			/usr/lib/hvcrash/publish shutdown
			hvcrashctl status --prometheus "${dir:-/var/lib/prometheus/node-exporter}/hvcrash.prom" --quiet || true
		done
		ls -d /var/lib/prometheus/node-exporter/* /srv/metrics/* /var/lib/hvcrash/*' >"$out/crashed" 2>&1
	for file in {/var/lib/prometheus/node-exporter,/srv/metrics}/hvcrash{,-audit,-crash}.prom /var/lib/hvcrash/{published,last-crash.json,boots}; do
		expect_word "$out/crashed" "$file"
	done
}

removes_them() {
	on hvcrash-configure --force --no-bootloader
	expect "$(on sh -c 'ls /etc/sysctl.d/60-hvcrash.conf')" /etc/sysctl.d/60-hvcrash.conf
	on mkdir -p /var/lib/hvcrash/audit/20260101000000
	after_a_crash
	on systemctl --quiet enable hvcrash-status.timer
	on dpkg -r hvcrash-dkms hvcrash-tools
	# audits without a dump are evidence, and stay until the purge
	expect "$(on ls /var/lib/hvcrash)" audit
	expect "$(on find / -xdev -name '*.prom' -not -path '/proc/*')" ''
	expect "$(catalog_ids)" 0
	expect "$(on sh -c 'find /etc/systemd /usr/lib/systemd /var/lib/systemd -name "*hvcrash*" -not -name "*.d" -not -path "*/hvcrash-publish.service.d/*"')" ''
	expect "$(on sh -c 'ls -d /etc/sysctl.d/*hvcrash* /var/lib/hvcrash/configure 2>/dev/null' || true)" ""
	expect "$(initrd_has hvcrash)" 0
	expect "$(on sh -c 'grep -l hvcrash /lib/modules/*/modules.*' || true)" ""
}

purges_them() {
	on dpkg -P hvcrash-dkms hvcrash-tools
	# this test made these; the directories of the metrics have to be empty now
	on rmdir -p --ignore-fail-on-non-empty /var/lib/prometheus/node-exporter
	on sh -c '[ ! -e /var/lib/prometheus/node-exporter ]'
	on rmdir /srv/metrics
	on rm -r /etc/systemd/system/hvcrash-publish.service.d /var/crash/202611280512
	on rmdir --ignore-fail-on-non-empty /var/crash
	system_files >"$out/after"
	diff -u "$out/before" "$out/after"
	generated_files >"$out/generated.after"
	diff -u "$out/generated.before" "$out/generated.after"
	expect "$(on sh -c 'grep -rl hvcrash /var/lib/dpkg/info /var/lib/dpkg/status /var/lib/dkms /var/lib/systemd' || true)" ""
}

# rpm does not know what is installed on Debian, so it cannot check build dependencies
builds_the_rpms() {
	# no debug packages: the tree has no elfutils
	make_it rpm RPMBUILD "rpmbuild --nodeps -D 'debug_package %{nil}'"
	make -s -C "$repo" install install-dkms DISTRO=rhel DESTDIR="$out/rhel"
	# shellcheck disable=SC2016 # expanded by the inner shell
	(cd "$out/rpm" && "$repo/tests/packages/in-system" "$release" sh -c 'rpm -qpl RPMS/*/*.rpm') |
		grep -vE '^/usr/(lib/\.build-id|share/(doc|licenses))' >"$out/rpm-files"
	(cd "$out/rhel" && find . -type f | sed 's/^\.//') >"$out/installed"
	# Directories of ours are listed too; each file that make install installs is in one package
	grep -vxFf <(cd "$out/rhel" && find . -type d | sed 's/^\.//') "$out/rpm-files" | sed 's/\.gz$//' | LC_ALL=C sort >"$out/packed"
	LC_ALL=C sort "$out/installed" | diff -u - "$out/packed"
}
