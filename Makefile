# SPDX-License-Identifier: GPL-2.0-only
# Fan-out only: every target is a line that calls the Makefile or script that does the work.

HVCRASH_VERSION := 0.1.0
export HVCRASH_VERSION

BUILD := build
PREFIX ?= /usr
DPKG_BUILDPACKAGE ?= dpkg-buildpackage
RPMBUILD ?= rpmbuild
KDIR ?= /lib/modules/$(shell uname -r)/build

all: tool

help:
	@echo 'Targets; [root] needs root, [lab] crashes virtual machines only:'
	@echo '  demo     the main job, side by side with the stock kernel     [root] [lab]'
	@echo '  test     every test                                           [root] [lab]'
	@echo '  check    the quick tests: builds, unit, commands, style       [root]'
	@echo '  fuzz     ten million executions of each fuzz target: two hours of one CPU'
	@echo '  e2e      the lab'"'"'s tests only                                [root] [lab]'
	@echo '  matrix   every pair of kernel, kind of crash, CPUs, modes and load: hours [root] [lab]'
	@echo '  kernels  the module for every kernel that Debian has: half an hour   [root]'
	@echo '  browser  the page of audit --html in Chromium                 [root]'
	@echo '  packages-test  the packages, from their build to the purge    [root]'
	@echo '  e2e-debian  whole Debian systems: crashes, undo, upgrade, a pipeline, a fleet            [root] [lab]'
	@echo '  bench    the figures, into build/bench/results.json           [root] [lab]'
	@echo '  all      tools/hvcrashctl, into build/'
	@echo '  module   kernel/hvcrash.ko for KDIR, into build/'
	@echo '  crash-module  hvcrash_crash.ko for KDIR, which hvcrashctl crash loads'
	@echo '  install  hvcrashctl, hvcrash-configure, man pages and the kdump hooks of DISTRO (debian,'
	@echo '           rhel, suse; by default that of this machine), below DESTDIR and PREFIX'
	@echo '  install-dkms  the module'"'"'s sources for DKMS, and the configuration that loads it before VMBus'
	@echo '  uninstall, uninstall-dkms  remove those again'
	@echo '  deb, rpm packages of both, into build/deb and build/rpm'
	@echo '  deps     install missing packages from the Debian mirror       [root]'
	@echo '  clean    remove build/ except the lab; distclean: the lab too [root]'

tool:
	$(MAKE) -C tools/hvcrashctl O=$(abspath $(BUILD)/tools)

# Kbuild leaves its files beside the sources, so it gets a copy
module:
	mkdir -p $(BUILD)/module
	cp -r kernel/. $(BUILD)/module
	$(MAKE) -C $(BUILD)/module KDIR=$(KDIR)

# The module that crashes this machine, for hvcrashctl crash: never part of hvcrash.ko
crash-module:
	mkdir -p $(BUILD)/crash-module
	cp -r kernel/test/. $(BUILD)/crash-module
	$(MAKE) -C $(KDIR) M=$(abspath $(BUILD)/crash-module) modules

install: tool
	$(MAKE) -C tools/hvcrashctl O=$(abspath $(BUILD)/tools) install
	$(MAKE) -C kdump-hooks install
	$(MAKE) -C scripts install
	$(MAKE) -C fleet install

uninstall:
	$(MAKE) -C tools/hvcrashctl uninstall
	$(MAKE) -C kdump-hooks uninstall
	$(MAKE) -C scripts uninstall
	$(MAKE) -C fleet uninstall

# The module's sources, for DKMS to build it for every kernel, and the configuration that loads it before VMBus
install-dkms:
	$(MAKE) -C kernel install-source
	$(MAKE) -C scripts install-load

uninstall-dkms:
	$(MAKE) -C kernel uninstall-source
	$(MAKE) -C scripts uninstall-load

# Built in a copy of what is in git here, so that nothing else comes along and nothing is left behind
source = rm -rf $(BUILD)/$(1) && mkdir -p $(BUILD)/$(1)/hvcrash-$(HVCRASH_VERSION) && \
	git ls-files -z | xargs -0 cp --parents -t $(BUILD)/$(1)/hvcrash-$(HVCRASH_VERSION)

deb:
	$(call source,deb)
	cd $(BUILD)/deb/hvcrash-$(HVCRASH_VERSION) && $(DPKG_BUILDPACKAGE) -us -uc -b
	@ls $(BUILD)/deb/*.deb

rpm:
	$(call source,rpm)
	tar -C $(BUILD)/rpm -cz -f $(BUILD)/rpm/hvcrash-$(HVCRASH_VERSION).tar.gz hvcrash-$(HVCRASH_VERSION)
	cd $(BUILD)/rpm && $(RPMBUILD) -bb -D '_topdir %(pwd)' -D '_sourcedir %(pwd)' hvcrash-$(HVCRASH_VERSION)/rpm/hvcrash.spec
	@find $(BUILD)/rpm/RPMS -name '*.rpm'

deps:
	tests/deps

demo: deps
	tests/lab/demo

check: deps
	tests/run check

test:
	tests/deps browser
	tests/run test

fuzz: deps
	tests/fuzz/run long

e2e: deps
	tests/run e2e

browser:
	tests/deps browser
	tests/run browser

packages-test: deps
	tests/run packages

e2e-debian: deps
	tests/run e2e-debian

bench: deps
	bench/run

# The module for every kernel and flavour that Debian has, with gcc and clang
kernels: deps
	tests/lab/lab kernels

# MATRIX: options, see tests/matrix/run --help
matrix: deps
	tests/matrix/run $(MATRIX)

clean:
	tests/lab/lab clean
	find $(BUILD) -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +

distclean:
	tests/lab/lab clean --all
	rm -rf $(BUILD)

.PHONY: all bench browser kernels matrix help tool module crash-module install uninstall install-dkms uninstall-dkms deb rpm deps demo check test fuzz e2e e2e-debian packages-test clean distclean
