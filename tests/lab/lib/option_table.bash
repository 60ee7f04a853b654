# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab after lib/options.bash.
# shellcheck shell=bash
#
# Every option of the lab, once. From these lines come the parser, the defaults, the checks of single values, --help, the columns
# that a scenario may set, and the options in which a kept state and a run that starts from it have to agree.
#
#   option NAME VALUE USES DEFAULT CHECK HELP    --NAME VALUE, in $opt_NAME
#   list NAME VALUE USES HELP                    the same, but may be given several times: all values, separated by blanks
#   flag NAME SETTING USES HELP                  --NAME, short for SETTING: the variable of another option, "=" and a value
#   setting NAME USES DEFAULT                    set by several flags and by a column of the scenarios; not an option itself
#
# USES are the verbs that take the option, and "boot" if the guest's boot depends on it. CHECK is "any", "number", "number:FROM-TO",
# "one-of:WORD,WORD" or "words:FUNCTION", which prints the words. It checks one value; combinations of options are checked in the
# file of the lab that uses them.

option scenario NAME run '' any \
	'use the values of a declared scenario; other options override them'
option kernel VERSION run,debian,build,module,debug,boot 6.12 any \
	"Debian's own kernel: 5.10, 6.1, 6.12, 7.2, or newest, followed by -cloud or -rt for that flavour; or one that the lab builds
	from Debian's source: 7.2-small, 7.2-debug (KASAN, lockdep), 7.3-plain, 7.3-upstream (with kernel/upstream/), 6.1-builtin (VMBus
	built in, as in Ubuntu's azure kernels)"
option arch ARCH run,build,boot amd64 one-of:amd64,arm64 \
	"the guest's processor; arm64 runs on the lab's own hypervisor"
option page-size KIB run,build,boot 4 one-of:4,16 'page size of the kernel, with --arch arm64'
option firmware KIND run,boot acpi one-of:acpi,dt \
	'with --arch arm64: how the guest finds its devices, by ACPI or by a device tree; 6.12 finds Hyper-V by ACPI only'
option cpus N run,boot 4 number:1-63 'virtual CPUs of the guest'
option crash KIND run sysrq words:crash_kinds \
	'how the guest crashes. sysrq; nmi, sent by the hypervisor; hang, which does not crash; kexec (kexec_file_load) or kexec-load,
	which jump to another kernel. By a test module: null, bug, irq, irqsoff, nmi-handler, notifier, softlockup, hung-task, gpadl
	(right after a GPADL was posted, before hvcrash has seen it; needs the step busy), and with a second CPU: double, double-nmi
	(both panic at once), spin, stuck-nmi (the second one is stuck). ctl:HOW: by "hvcrashctl crash --how HOW", after sending its
	status. timed: a sysrq that records the cycles of the panic; floor: with --stock, the same and the cycles of the register
	writes alone'
option cpu N run 2 number 'the CPU that crashes'
option other N run '' number 'the second CPU, for kinds that have one (default: the CPU before --cpu, or the last)'
option steps STEPS run,boot '' any \
	'steps before the crash, for example offline:3:online:3 or unload:load'
flag registers registers=1 run,boot 'report where each CPU was, according to the notes in the dump'
option jumps N run,boot 1 number 'with --crash kexec or kexec-load: number of jumps in a row'
flag rescue rescue=1 run,boot 'let the second kernel start other CPUs and load hvcrash before the audit'
option dumps FORMS run,boot '' any \
	'make the second kernel write dumps, into "dumps" of the run directory: vmcore, KIND-LEVEL or flat-KIND-LEVEL, separated by
	commas; KIND is elf, zlib, lzo, snappy, zstd or raw, LEVEL that of makedumpfile -d'
flag crash-opens crash_opens=1 run \
	'open the dump with crash and drgn on this machine: one has to name the panic, and both print the verdict of the audit; see debug'
flag dracut dracut=1 run,build,boot \
	'use a crash initramfs made by dracut, in which kdump-hooks audits and puts the report beside the dump'
flag dump-hangs dump_hangs=1 run,boot \
	"with --dracut: the dump never ends, and the crash kernel is told hvcrash_dump_minutes=1, so that the hook reboots it"
setting mode boot hvcrash
flag stock mode=stock run,build 'without hvcrash, module or tool'
option kernel-image FILE run,boot '' any \
	'boot this kernel (a bzImage), with --stock or --headers; --kernel then selects the userland'
option modules DIR run,boot '' any \
	'modules of --kernel-image, installed by "make modules_install INSTALL_MOD_PATH=DIR"'
option headers DIR run,boot '' any \
	"headers or build tree of --kernel-image, to build hvcrash.ko against, with the compiler of --kernel's release"
flag no-module mode=no-module run,build 'without the module, but with the tool'
option module PARAMETERS run,boot '' any 'parameters of hvcrash.ko'
option cmdline WORDS run,boot '' any "further words for the first kernel's command line"
option post-notifiers 'Y|N' run '' one-of:Y,N 'set crash_kexec_post_notifiers'
option stimer MODE run,boot direct one-of:direct,message 'direct, as on Azure, or message'
option poke PLACE run '' any \
	'before the audit, change a byte of a page that was an overlay (KIND:VP, for example simp:1) or of the registry
	(registry:OFFSET)'
option poke-before PLACE run '' any \
	'the same before the crash, for registry:OFFSET only: as if a stray write hit the registry'
option poke-gpa GPA run '' any 'as --poke, for the page at this address'
option expect WHAT run '' any \
	'dumped, none-left, clean, clean-or-torn, rescued, not-clean, not-clean:VP, not-unloaded, left:KIND, cannot-tell, changed:GPA,
	changed:simp:VP, changed:poked, lied:siefp:VP (the register reads off, the host still holds the page, and the audit finds it
	changed), jumped (ends the run at the jump into the crash kernel; for timed and floor), waits (ends it
	when the kernel says that it waits for an answer to UNLOAD), rebooted (the dump hangs, and the
	bound of the hook reboots the machine) or starved (the crash kernel runs out of memory while it boots, and
	nothing is left mapped). Default: dumped with --stock, cannot-tell with --no-module, else clean'
flag keep keep=1 run \
	"save the machine's state before the crash in the run's directory (not on /dev/kvm, where a boot takes seconds)"
option from RUN run '' any 'start from the state that RUN saved with --keep, and crash it in another way'
option maxcpus N run,boot '' number \
	'announce this many CPUs, of which those past --cpus never appear (default: same as --cpus)'
option memory MIB run,boot 1024 number:512-16384 'memory of the guest'
option crashkernel SIZE run,boot 256M any "memory reserved for the crash kernel, in the format of the kernel's parameter"
option timeout SECONDS run 300 number 'how long the second kernel may take to come up'
option retries N run,debian 2 number:0-2 'how often to try again after a failure of the lab itself'
option host HOST run,debian,build,boot own one-of:own,kvm \
	"own: the lab's own Hyper-V (docs/dev/host.md); kvm: the one in QEMU and KVM"
list host-options NAME=VALUE run,debian,boot \
	'an option of the own host, set when it starts, for example vmbus=4.0 or devices=balloon,netvsc; may be given several times'
list fault NAME=VALUE run \
	'a fault of the own host, injected just before the crash, for example unload=never, unload-ms=8000, nmi-at=unload or
	stuck-on=simp:1; may be given several times'
option way WAY run,debian '' one-of:direct,nested \
	'with --host kvm: direct (on /dev/kvm) or nested (in an emulated machine); default: direct if possible'
option name NAME run,debian '' any "name of the run's directory"
option label TEXT run,debian '' any 'prefix of every progress line'
option json FILE run,debian '' any 'also write the result to FILE'
option case NAME,... debian audited any \
	'cases to run with the configured guest, one after the other; see "list"; audited crashes it and expects clean'
flag check check=1 module "enable every warning and sparse, for Debian's 6.12"
