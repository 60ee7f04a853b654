# SPDX-License-Identifier: GPL-2.0-only
"""
A LISA suite: crash a VM on Azure, and check that it revoked all its pages.

hvcrash has to be installed and configured in the image, or by the transformer or
script of the runbook (docs/fleet.md); a VM without it is skipped. The suite adds
nothing to the VM. It passes if the audit beside the dump says "clean"; a dump
without an audit fails, and so does an audit that cannot tell.
"""
import json
import shlex
from time import sleep
from typing import Any, Dict, Set, cast

from lisa import (
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
)
from lisa.features.security_profile import is_cvm
from lisa.operating_system import BSD, Posix
from lisa.tools import Cat

# Where kdump puts a directory for each dump, unless it is told otherwise
DUMP_DIRECTORIES = ("/var/crash",)
REPORT = "hvcrash-audit.json"
SCHEMA = "hvcrash.audit/1"
BOOT_ID = "/proc/sys/kernel/random/boot_id"


@TestSuiteMetadata(
    area="hvcrash",
    category="functional",
    description="""
    Crashes a VM and verifies by hvcrash's audit, which runs in the crash kernel,
    that every page that the VM shared with the hypervisor was revoked.
    """,
)
class Hvcrash(TestSuite):
    # A dump of a large VM takes its time; LISA's own kdump suite waits as long
    CRASH_TIMEOUT = 1200
    CRASH_INTERVAL = 10

    def before_case(self, log: Logger, **kwargs: Any) -> None:
        node: Node = kwargs["node"]
        if not isinstance(node, RemoteNode):
            raise SkippedException("a VM that is reached over SSH is needed")
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
        4. Fetch the audit that came beside the new dump; it has to say "clean".
        """,
        priority=2,
        timeout=CRASH_TIMEOUT + 600,
    )
    def verify_hvcrash_audit_clean(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        self._verify_crash(cast(RemoteNode, node), log, result, cpu=0)

    @TestCaseMetadata(
        description="""
        As verify_hvcrash_audit_clean, on the last of at least two CPUs: what the
        stock kernel revokes, it revokes on the CPU that panics alone.
        """,
        priority=2,
        timeout=CRASH_TIMEOUT + 600,
        requirement=node_requirement(
            node=schema.NodeSpace(core_count=search_space.IntRange(min=2)),
        ),
    )
    def verify_hvcrash_audit_clean_last_cpu(
        self, node: Node, log: Logger, result: TestResult
    ) -> None:
        cpus = int(node.execute("nproc --all").stdout)
        self._verify_crash(cast(RemoteNode, node), log, result, cpu=cpus - 1)

    def _verify_ready(self, node: Node, log: Logger) -> None:
        status = json.loads(
            node.execute("hvcrashctl status --json", sudo=True, shell=True).stdout
        )
        for check in status["checks"]:
            log.debug(f"{check['check']}: {check['state']}: {check['found']}")
        if status["verdict"] != "ready":
            raise LisaException(f"not ready to crash: {status['message']}")

    def _verify_crash(
        self, node: RemoteNode, log: Logger, result: TestResult, cpu: int
    ) -> None:
        self._verify_ready(node, log)
        boot_id = self._boot_id(node)
        before = self._reports(node)
        log.info(f"crashing on CPU {cpu}")
        # It does not return, so its end is not waited for
        node.execute_async(
            f"hvcrashctl crash --yes --how sysrq --cpu {cpu} --in 5",
            shell=True,
            sudo=True,
        )
        try:
            self._wait_for_boot(node, log, boot_id)
            report = self._new_report(node, before)
        except Exception:
            result.capture_serial_console_log()
            raise
        # Where the audit itself failed a hook leaves an error in its place
        message = report.get("message") or report.get("error", {}).get("message", "")
        log.info(f"{report.get('verdict')}: {message}")
        if report.get("schema") != SCHEMA or report.get("verdict") != "clean":
            raise LisaException(f"the audit is not clean: {message}")

    def _boot_id(self, node: Node) -> str:
        return node.tools[Cat].read(BOOT_ID, force_run=True).strip()

    def _wait_for_boot(self, node: RemoteNode, log: Logger, before: str) -> None:
        timer = create_timer()
        while timer.elapsed(stop=False) < self.CRASH_TIMEOUT:
            try:
                node.close()
                if self._boot_id(node) != before:
                    return
            except Exception as e:
                log.debug(f"not back yet: {e}")
            sleep(self.CRASH_INTERVAL)
        raise LisaException(f"not back {self.CRASH_TIMEOUT} s after the crash")

    def _reports(self, node: Node) -> Set[str]:
        found: Set[str] = set()
        for directory in DUMP_DIRECTORIES:
            listed = node.execute(
                f"find {directory} -name {REPORT}", shell=True, sudo=True
            )
            found.update(
                line for line in listed.stdout.splitlines() if line.endswith(REPORT)
            )
        return found

    def _new_report(self, node: Node, before: Set[str]) -> Dict[str, Any]:
        new = self._reports(node) - before
        if len(new) != 1:
            raise LisaException(f"one new audit was expected, there are {len(new)}")
        path = shlex.quote(new.pop())
        text = node.execute(f"cat {path}", shell=True, sudo=True).stdout
        return cast(Dict[str, Any], json.loads(text))
