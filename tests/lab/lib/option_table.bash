# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab after lib/options.bash.
# shellcheck shell=bash
#
# Every option of the lab, once. From these lines come the parser, the defaults, the checks of single values, --help, the columns
# that a scenario may set, and what a kept state has to have in common with a run that starts from it.
#
#   option NAME VALUE USES DEFAULT CHECK HELP    --NAME VALUE, in $opt_NAME
#   list NAME VALUE USES HELP                    the same, which may be given several times: all values, with blanks between
#   flag NAME SETTING USES HELP                  --NAME, which is SETTING: another option's name, "=" and a value
#   setting NAME USES DEFAULT                    what several flags set, and a column of the scenarios; no option of its own
#
# USES are the verbs that take the option, and "boot" if the guest's boot depends on it. CHECK is "any", "number", "number:FROM-TO",
# "one-of:WORD,WORD" or "words:FUNCTION", whose output is the words. A check is of one value; what two options have to do with each
# other is checked in the file of the lab that uses them.

option scenario NAME run '' any \
	'take the values of a declared scenario; options given beside it override them'
option kernel VERSION run,debian,build,module,debug,boot 6.12 any \
	"Debian's own kernel: 5.10, 6.1, 6.12, 7.2, or newest, with -cloud or -rt behind it for that flavour; or one that the lab makes
	from Debian's source: 7.2-small, 7.2-debug (KASAN, lockdep), 7.3-plain, 7.3-upstream (with kernel/upstream/), 6.1-builtin (VMBus built
	in, as in Ubuntu's azure kernels)"
option arch ARCH run,build,boot amd64 one-of:amd64,arm64 \
	"the guest's processor; arm64 runs on the lab's own hypervisor"
option page-size KIB run,build,boot 4 one-of:4,16 'of the kernel, with --arch arm64'
option firmware KIND run,boot acpi one-of:acpi,dt \
	'with --arch arm64: what the guest finds its devices by, ACPI or a device tree; 6.12 knows Hyper-V by ACPI only'
option cpus N run,boot 4 number:1-63 'virtual CPUs of the guest'
option crash KIND run sysrq words:crash_kinds \
	'how it crashes: sysrq; nmi, from the hypervisor; hang, which is no crash; kexec (kexec_file_load) and kexec-load, which jump
	to another kernel; by a test module: null, bug, irq, irqsoff, nmi-handler, notifier, softlockup, hung-task, gpadl (when a
	GPADL was posted and hvcrash has not seen it; wants the step busy), and with a second CPU: double, double-nmi (both panic at
	once), spin, stuck-nmi (that one is stuck); ctl:HOW, by "hvcrashctl crash --how HOW", which sends what its status says
	before; timed, a sysrq with the cycles of the panic in the result; floor, with --stock, beside these the cycles of the
	register writes alone'
option cpu N run 2 number 'the CPU that crashes'
option other N run '' number 'the second CPU, where the kind has one (default: the one before, or the last)'
option steps STEPS run,boot '' any \
	'what happens before the crash, for example offline:3:online:3 or unload:load'
flag registers registers=1 run,boot 'let the second kernel say where each CPU was, by its notes in the dump'
option jumps N run,boot 1 number 'with --crash kexec or kexec-load: so many in a row'
flag rescue rescue=1 run,boot 'the second kernel may start other CPUs, and loads hvcrash before the audit'
option dumps FORMS run,boot '' any \
	'let the second kernel write dumps, into "dumps" of the run directory: vmcore, KIND-LEVEL or flat-KIND-LEVEL, separated by
	commas; KIND is elf, zlib, lzo, snappy, zstd or raw, LEVEL that of makedumpfile -d'
flag crash-opens crash_opens=1 run \
	'crash opens the dump outside, and has to name the panic; drgn where crash does not know the kernel; see debug'
flag dracut dracut=1 run,build,boot \
	'the crash kernel has an initramfs made by dracut; in there kdump-hooks audits, beside a dump'
setting mode boot hvcrash
flag stock mode=stock run,build 'without hvcrash, module or tool'
option kernel-image FILE run,boot '' any \
	'another kernel, a bzImage, with --stock or --headers; --kernel then says whose userland it gets'
option modules DIR run,boot '' any \
	'its modules, as "make modules_install INSTALL_MOD_PATH=DIR" leaves them'
option headers DIR run,boot '' any \
	"its headers or build tree, to build hvcrash.ko against, with the compiler of --kernel's release"
flag no-module mode=no-module run,build 'without the module; the tool audits'
option module PARAMETERS run,boot '' any 'parameters of hvcrash.ko'
option cmdline WORDS run,boot '' any "more words for the first kernel's command line"
option post-notifiers 'Y|N' run '' one-of:Y,N 'set crash_kexec_post_notifiers'
option stimer MODE run,boot direct one-of:direct,message 'direct, as on Azure, or message'
option poke PLACE run '' any \
	'change a byte of a page that was an overlay, KIND:VP such as simp:1, before the audit, or of the registry,
	registry:OFFSET'
option poke-before PLACE run '' any \
	'the same before the crash, registry:OFFSET: whatever panicked the kernel wrote there'
option poke-gpa GPA run '' any 'as --poke, for any page'
option expect WHAT run '' any \
	'dumped, none-left, clean, clean-or-torn, rescued, not-clean, not-clean:VP, not-unloaded, left:KIND, cannot-tell,
	jumped (the run ends with the jump into the crash kernel; for timed and floor),
	waits (the run ends when the kernel says that it waits for an answer to UNLOAD),
	starved (the crash kernel has too little memory to come up, and nothing is left mapped),
	changed:GPA, changed:simp:VP or changed:poked (default: dumped with --stock, cannot-tell with --no-module, else clean)'
flag keep keep=1 run \
	"keep the machine's state before the crash in the run's directory (not of a machine on /dev/kvm, which boots in seconds)"
option from RUN run '' any 'start from the state that RUN kept: its boot, another crash'
option maxcpus N run,boot '' number \
	'as many CPUs are announced, and those past --cpus never appear (default: as --cpus)'
option memory MIB run,boot 1024 number:512-16384 'memory of the guest'
option crashkernel SIZE run,boot 256M any "memory that is reserved for the crash kernel, as the kernel's parameter has it"
option timeout SECONDS run 300 number 'how long the second kernel may take to come up'
option retries N run,debian 2 number:0-2 'how often to try again when the lab itself failed'
option host HOST run,debian,build,boot own one-of:own,kvm \
	"own: the lab's own Hyper-V (docs/dev/host.md); kvm: that of QEMU and KVM"
list host-options NAME=VALUE run,debian,boot \
	'an option of the own host from its start, for example vmbus=4.0 or devices=balloon,netvsc; may be given several times'
list fault NAME=VALUE run \
	'the same, set just before the crash: unload=never, unload-ms=8000, nmi-at=unload, stuck-on=simp:1'
option way WAY run,debian '' one-of:direct,nested \
	'of --host kvm: direct (on /dev/kvm) or nested (in an emulated machine); default: direct where it can be'
option name NAME run,debian '' any "of the run's directory"
option label TEXT run,debian '' any 'put before every line of progress'
option json FILE run,debian '' any 'write the result there too'
option case NAME,... debian audited any \
	'what is done with the configured guest, one after the other: cases of "list"; audited crashes it'
flag check check=1 module "with every warning and sparse, for Debian's 6.12"
