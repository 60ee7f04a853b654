# SPDX-License-Identifier: GPL-2.0-only
"""
A LISA suite: crash a VM, and check that it revoked all its pages.

hvcrash has to be installed and configured in the image, or by the transformer or
script of the runbook (docs/fleet.md); a VM without it is skipped. The suite adds
nothing to the VM. A crash passes if "hvcrashctl crashes" has one more, with a whole
dump whose audit says "clean": a dump without an audit fails, and so does an audit
that cannot tell.
"""
import json
import re
import shlex
import shutil
import subprocess
from time import sleep
from typing import Any, Dict, List, Optional, cast

from lisa import (
    Environment,
    LisaException,
    Logger,
    Node,
    RemoteNode,
    SkippedException,
    TestCaseMetadata,
    TestResult,
    TestSuite,
    TestSuiteMetadata,
    create_timer,
    node_requirement,
    schema,
    search_space,
    simple_requirement,
)
from lisa.features import SerialConsole
from lisa.features.security_profile import is_cvm
from lisa.operating_system import BSD, Linux, Posix
from lisa.sut_orchestrator import AZURE
from lisa.tools import Cat

BOOT_ID = "/proc/sys/kernel/random/boot_id"
# What the boot after a crash leaves for programs
LAST_CRASH = "/var/lib/hvcrash/last-crash.json"
SCHEMA = "hvcrash.crashes/1"
# A dump of a large VM takes its time; LISA's own kdump suite waits as long
CRASH_TIMEOUT = 1200
CRASH_INTERVAL = 10
CASE_TIMEOUT = CRASH_TIMEOUT + 600


@TestSuiteMetadata(
    area="hvcrash",
    category="functional",
    description="""
    Crashes a VM and verifies by hvcrash's audit, which runs in the crash kernel,
    that every page that the VM shared with the hypervisor was revoked.
    """,
    requirement=simple_requirement(supported_os=[Linux]),
)
class Hvcrash(TestSuite):
    def before_case(self, log: Logger, **kwargs: Any) -> None:
        node: Node = kwargs["node"]
        if not isinstance(node, RemoteNode):
            raise SkippedException("a VM that is reached over SSH is needed")
        # images whose system was misdetected come past the requirement
        if not isinstance(node.os, Posix) or isinstance(node.os, BSD):
            raise SkippedException(f"{node.os.name} is not supported")
        if is_cvm(node):
            raise SkippedException("confidential VMs are not supported by hvcrash")
        if node.execute("command -v hvcrashctl", shell=True, sudo=True).exit_code:
            raise SkippedException("hvcrash is not installed")

    def after_case(self, log: Logger, **kwargs: Any) -> None:
        # Its console has a panic in it
        kwargs["node"].mark_dirty()

    @TestCaseMetadata(
        description="""
        Verifies that the VM is ready to crash safely.

        Steps:
        1. Run "hvcrashctl status --json".
        2. Its verdict has to be "ready".
        """,
        priority=1,
    )
    def verify_hvcrash_ready(self, node: Node, log: Logger) -> None:
        self._verify_ready(node, log)

    @TestCaseMetadata(
        description="""
        Crashes on the first CPU by SysRq and verifies that the audit is clean.

        Steps:
        1. Verify that the VM is ready.
        2. Crash it by "hvcrashctl crash --how sysrq --cpu 0".
        3. Wait until it is back, with another boot id.
        4. "hvcrashctl crashes show last" has to be another crash than before, with
           a whole dump, and the verdict "clean".
        """,
        priority=2,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_audit_clean(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, cpu=0)

    @TestCaseMetadata(
        description="""
        As verify_hvcrash_audit_clean, on the last of at least two CPUs: the stock
        kernel revokes pages only on the CPU that panics.
        """,
        priority=2,
        timeout=CASE_TIMEOUT,
        requirement=node_requirement(
            node=schema.NodeSpace(core_count=search_space.IntRange(min=2)),
        ),
    )
    def verify_hvcrash_audit_clean_last_cpu(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        cpus = int(node.execute("nproc --all").stdout)
        self._verify_crash(cast(RemoteNode, node), log, result, cpu=cpus - 1)

    @TestCaseMetadata(
        description="""
        As verify_hvcrash_audit_clean, by a null pointer in a task. Skipped without
        hvcrash_crash.ko ("make crash-module"), as are the ones below.
        """,
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_null_pointer(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="null")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, by a BUG() in a task.",
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_bug(self, node: Node, log: Logger, result: TestResult) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="bug")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, in a hard interrupt.",
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_irq(self, node: Node, log: Logger, result: TestResult) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="irq")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, in an NMI handler.",
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_nmi_handler(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="nmi")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, by the soft lockup detector.",
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_softlockup(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="softlockup")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, by the hung task detector.",
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_hung_task(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="hung-task")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, in a panic notifier.",
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_notifier(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="notifier")

    @TestCaseMetadata(
        description="As verify_hvcrash_null_pointer, on two CPUs at once.",
        priority=3,
        timeout=CASE_TIMEOUT,
        requirement=node_requirement(
            node=schema.NodeSpace(core_count=search_space.IntRange(min=2)),
        ),
    )
    def verify_hvcrash_double_panic(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, how="double")

    @TestCaseMetadata(
        description="""
        Crashes by the NMI of Azure's serial console, as an operator does with a VM
        that does not answer any more.

        Steps:
        1. Verify that the VM is ready, and that an unknown NMI panics.
        2. "az serial-console send nmi", where LISA runs: it needs the Azure CLI,
           logged in, with the extension serial-console. Skipped without it.
        3. As verify_hvcrash_audit_clean from its step 3 on.
        """,
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_serial_console_nmi(
        self, node: Node, environment: Environment, log: Logger, result: TestResult
    ) -> None:
        command = self._nmi_command(node, environment)
        if self._read(node, "/proc/sys/kernel/unknown_nmi_panic") != "1":
            raise SkippedException("an unknown NMI does not panic on this VM")
        self._verify_ready(node, log)
        before = self._begin(node)
        log.info(f"sending an NMI: {shlex.join(command)}")
        sent = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if sent.returncode:
            raise LisaException(f"no NMI was sent: {sent.stderr.strip()[-500:]}")
        self._verify_end(cast(RemoteNode, node), log, result, before)

    @TestCaseMetadata(
        description="""
        Jumps to the same kernel by kexec, and verifies that the kernel before
        revoked its pages.

        Steps:
        1. Load the running kernel, with what "hvcrashctl kexec-args" prints behind
           its command line.
        2. "systemctl kexec", and wait until the VM is back, with another boot id.
        3. "hvcrashctl audit", of the kernel before, has to be clean.
        """,
        priority=3,
        timeout=CASE_TIMEOUT,
    )
    def verify_hvcrash_kexec(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        if node.execute("command -v kexec", shell=True, sudo=True).exit_code:
            raise SkippedException("kexec-tools are not installed")
        self._verify_ready(node, log)
        boot_id = self._boot_id(node)
        self._load_kexec(node)
        self._fire(node, "systemctl kexec")
        try:
            self._wait_for_boot(cast(RemoteNode, node), log, boot_id)
            audit = self._json(node, "hvcrashctl audit --json")
        except Exception:
            result.capture_serial_console_log()
            raise
        log.info(f"{audit.get('verdict')}: {audit.get('message')}")
        if audit.get("verdict") != "clean":
            raise LisaException(f"the audit is not clean: {audit.get('message')}")

    @TestCaseMetadata(
        description="""
        Verifies what is known of the last crash of this VM, if it had one: its entry
        has a time, a kernel and a verdict, and the file that the boot after it left
        for programs says the same. Skipped if it never crashed.
        """,
        priority=2,
    )
    def verify_hvcrash_history(self, node: Node, log: Logger) -> None:
        last = self._last_crash(node)
        if last is None:
            raise SkippedException("this VM has not crashed yet")
        self._verify_entry(node, last)
        log.info(f"{last['id']}: {last['saved']}, {last['verdict']}")

    def _verify_entry(self, node: Node, last: Dict[str, Any]) -> None:
        for key in ("time", "kernel", "panic"):
            if not last.get(key):
                raise LisaException(f"the crash {last['id']} has no {key}")
        published = self._json(node, f"cat {LAST_CRASH}")
        if published["crashes"][0]["id"] != last["id"]:
            raise LisaException(
                f"{LAST_CRASH} is of {published['crashes'][0]['id']}, "
                f"the last crash is {last['id']}"
            )

    def _verify_ready(self, node: Node, log: Logger) -> None:
        status = self._json(node, "hvcrashctl status --json")
        for check in status["checks"]:
            log.debug(f"{check['check']}: {check['state']}: {check['found']}")
        if status["verdict"] != "ready":
            raise LisaException(f"not ready to crash: {status['message']}")

    def _verify_crash(
        self,
        node: RemoteNode,
        log: Logger,
        result: TestResult,
        cpu: int = 0,
        how: str = "sysrq",
    ) -> None:
        if how != "sysrq" and node.execute(
            "modinfo hvcrash_crash", shell=True, sudo=True
        ).exit_code:
            raise SkippedException("hvcrash_crash.ko is not installed")
        self._verify_ready(node, log)
        before = self._begin(node)
        log.info(f"crashing by {how} on CPU {cpu}")
        self._fire(node, f"hvcrashctl crash --yes --how {how} --cpu {cpu} --in 5")
        self._verify_end(node, log, result, before)

    def _begin(self, node: Node) -> Dict[str, Any]:
        last = self._last_crash(node)
        return {"boot_id": self._boot_id(node), "crash": last and last["id"]}

    def _verify_end(
        self, node: RemoteNode, log: Logger, result: TestResult, before: Dict[str, Any]
    ) -> None:
        try:
            self._wait_for_boot(node, log, before["boot_id"])
            last = self._last_crash(node)
            if last is None or last["id"] == before["crash"]:
                raise LisaException("the VM is back, and knows of no crash")
            log.info(f"{last['id']}: {last['saved']}, {last['verdict']}")
            if last["saved"] != "dump":
                raise LisaException(
                    f"no whole dump was saved, but {last['saved']}: {last['why']}"
                )
            if last["verdict"] != "clean":
                raise LisaException(f"the audit is not clean: {last['message']}")
            self._verify_entry(node, last)
        except Exception:
            result.capture_serial_console_log()
            raise
        self._expect_panic_on_console(node, last["panic"])

    def _expect_panic_on_console(self, node: Node, panic: str) -> None:
        # LISA looks for panics after each case, and this one was asked for
        if not node.features.is_supported(SerialConsole):
            return
        console = node.features[SerialConsole]
        # on the instance: the class is that of every other node, too
        console.panic_ignorable_patterns = [
            *console.panic_ignorable_patterns,
            re.compile(rf"^(.*{re.escape(panic)}.*)$", re.MULTILINE),
            re.compile(r"^(.*sysrq: (SysRq : )?Trigger a crash.*)$", re.MULTILINE),
            re.compile(r"^(.*Kernel panic - not syncing.*)$", re.MULTILINE),
            re.compile(r"^(.*RIP: .*)$", re.MULTILINE),
        ]

    def _load_kexec(self, node: Node) -> None:
        release = node.execute("uname -r").stdout.strip()
        line = self._read(node, "/proc/cmdline")
        arguments = node.execute(
            "hvcrashctl kexec-args",
            shell=True,
            sudo=True,
            expected_exit_code=0,
            expected_exit_code_failure_message="hvcrashctl kexec-args failed",
        ).stdout.strip()
        # what it printed for the jump before
        kept = re.sub(r" ?(hvcrash_registry|memmap=[0-9]+K%0x)[^ ]*", "", line)
        initrd = self._initrd(node, release)
        node.execute(
            f"kexec -l /boot/vmlinuz-{release} --initrd={initrd} "
            f"--command-line={shlex.quote(f'{kept} {arguments}')}",
            shell=True,
            sudo=True,
            expected_exit_code=0,
            expected_exit_code_failure_message="the kernel cannot be loaded",
        )

    def _initrd(self, node: Node, release: str) -> str:
        names: List[str] = [
            f"/boot/initrd.img-{release}",
            f"/boot/initramfs-{release}.img",
            f"/boot/initrd-{release}",
        ]
        for name in names:
            if not node.execute(f"test -f {name}", shell=True, sudo=True).exit_code:
                return name
        raise SkippedException(f"no initrd of {release} is known here")

    def _nmi_command(self, node: Node, environment: Environment) -> List[str]:
        platform = environment.platform
        if platform is None or platform.type_name() != AZURE:
            raise SkippedException("the serial console's NMI is Azure's")
        if not shutil.which("az"):
            raise SkippedException("az is not installed where LISA runs")
        # It takes Azure's SDK along, which other platforms need not have
        from lisa.sut_orchestrator.azure.common import get_node_context

        context = get_node_context(node)
        command = ["az", "serial-console", "send", "nmi"]
        command += ["--resource-group", context.resource_group_name]
        command += ["--name", context.vm_name]
        if context.subscription_id:
            command += ["--subscription", context.subscription_id]
        return command

    def _fire(self, node: Node, command: str) -> None:
        # It does not return, so its end is not waited for
        try:
            node.execute_async(command, shell=True, sudo=True)
        except Exception:  # noqa: B902 - the connection may go with the kernel
            pass

    def _boot_id(self, node: Node) -> str:
        return self._read(node, BOOT_ID)

    def _read(self, node: Node, path: str) -> str:
        return node.tools[Cat].read(path, force_run=True).strip()

    def _wait_for_boot(self, node: RemoteNode, log: Logger, before: str) -> None:
        timer = create_timer()
        while timer.elapsed(stop=False) < CRASH_TIMEOUT:
            try:
                node.close()
                if self._boot_id(node) != before:
                    self._wait_for_services(node)
                    return
            except Exception as e:
                log.debug(f"not back yet: {e}")
            sleep(CRASH_INTERVAL)
        raise LisaException(f"not back {CRASH_TIMEOUT} s after the crash")

    def _wait_for_services(self, node: Node) -> None:
        # The report comes beside the dump, and the crash is published, while it boots
        node.execute("systemctl is-system-running --wait", shell=True, timeout=300)

    def _json(self, node: Node, command: str) -> Dict[str, Any]:
        done = node.execute(command, shell=True, sudo=True)
        try:
            return cast(Dict[str, Any], json.loads(done.stdout))
        except json.JSONDecodeError:
            raise LisaException(f"{command}: {done.stderr or done.stdout}") from None

    def _last_crash(self, node: Node) -> Optional[Dict[str, Any]]:
        """The newest crash that the VM knows of, with its verdict in words"""
        done = node.execute("hvcrashctl crashes show last --json", shell=True, sudo=True)
        if done.exit_code == 3 and "not among the crashes" in done.stdout + done.stderr:
            return None
        try:
            shown = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise LisaException(f"hvcrashctl crashes: {done.stderr}") from None
        if shown.get("schema") != SCHEMA:
            raise LisaException(f"hvcrashctl crashes: {shown}")
        last = cast(Dict[str, Any], shown["crashes"][0])
        last["message"] = shown["message"]
        return last
