# SPDX-License-Identifier: GPL-2.0-only
# Fan-out only: every target is a line that calls what does the work.

HVCRASH_VERSION := 0.1.0
export HVCRASH_VERSION

BUILD := build
PREFIX ?= /usr
KDIR ?= /lib/modules/$(shell uname -r)/build

all: tool

help:
	@echo 'Targets; [root] needs root, [lab] crashes virtual machines and nothing else:'
	@echo '  demo     the main job, side by side with the stock kernel     [root] [lab]'
	@echo '  test     every test                                           [root] [lab]'
	@echo '  check    the quick tests: builds, unit, commands, style       [root]'
	@echo '  fuzz     ten million executions of each fuzz target: an hour or more'
	@echo '  e2e      the lab'"'"'s tests only                                [root] [lab]'
	@echo '  matrix   every pair of kernel, kind of crash, CPUs, modes and load: hours [root] [lab]'
	@echo '  bench    the figures, into build/bench/results.json           [root] [lab]'
	@echo '  all      tools/hvcrashctl, into build/'
	@echo '  module   kernel/hvcrash.ko for KDIR, into build/'
	@echo '  crash-module  hvcrash_crash.ko for KDIR, which hvcrashctl crash loads'
	@echo '  install  hvcrashctl, hvcrash-configure, man pages and the kdump hooks of DISTRO (debian,'
	@echo '           rhel, suse; by default what this machine is), below DESTDIR and PREFIX'
	@echo '  deps     install from the Debian mirror what is missing       [root]'
	@echo '  clean    remove build/ but for the lab; distclean: the lab too [root]'

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

deps:
	tests/deps

demo: deps
	tests/lab/demo

check: deps
	tests/run check

test: deps
	tests/run test

fuzz: deps
	tests/fuzz/run long

e2e: deps
	tests/run e2e

bench: deps
	bench/run

# MATRIX: options, see tests/matrix/run --help
matrix: deps
	tests/matrix/run $(MATRIX)

clean:
	tests/lab/lab clean
	find $(BUILD) -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +

distclean:
	tests/lab/lab clean --all
	rm -rf $(BUILD)

.PHONY: all bench matrix help tool module crash-module install deps demo check test fuzz e2e clean distclean
