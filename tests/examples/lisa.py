# SPDX-License-Identifier: GPL-2.0-only
"""
Runs cases of fleet/lisa/hvcrash.py on a VM made of files in a directory.

    lisa.py ROOT CASE...

The suite's calls of hvcrashctl go to the real one, with --sysroot ROOT. A
crash leaves the files that kdump and hvcrash would leave. The environment determines
them: VERDICT and SAVED, and BACK=no for a VM that never returns. With LISA_SOURCE, a
directory with LISA's own source and its imports, the suite runs on LISA's classes;
otherwise on stubs with the names that it uses.

Prints "pass", "skip: why" or "fail: why" for each case.
"""
import ast
import json
import os
import shutil
import subprocess
import sys
import time
import types
from pathlib import Path

ROOT = Path(sys.argv[1])
HVCRASHCTL = os.environ["HVCRASHCTL"]
REPO = Path(__file__).resolve().parents[2]


def stub(name, **members):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
    module.__dict__.update(members)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module


class Names(types.ModuleType):
    """A package that provides any imported name; a class if the name is capitalized"""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = type(name, (Exception,), {}) if name[0].isupper() else lambda *a, **k: None
        setattr(self, name, value)
        return value


def own_lisa():
    """LISA's own source without its connections to machines, which would need a dozen packages"""
    sys.path.insert(0, os.environ["LISA_SOURCE"])
    for name in (
        "spur spur.errors spur.ssh spur.local spur.results spurplus spurplus.sftp "
        "assertpy assertpy.assertpy randmac func_timeout"
    ).split():
        module = sys.modules[name] = Names(name)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    sys.modules["func_timeout"].func_set_timeout = lambda *a, **k: lambda f: f
    import lisa

    return lisa


def names_of_lisa():
    class TestSuite:
        pass

    class Timer:
        def __init__(self):
            self.begin = time.monotonic()

        def elapsed(self, stop=True):
            return time.monotonic() - self.begin

    def keep(*_, **__):
        return lambda target: target

    module = Names("lisa")
    module.TestSuite = TestSuite
    module.TestSuiteMetadata = keep
    module.TestCaseMetadata = keep
    module.create_timer = Timer
    sys.modules["lisa"] = module
    for name in ("schema", "search_space"):
        setattr(module, name, Names(name))
    module.schema.NodeSpace = dict
    module.search_space.IntRange = dict
    for name in ("features", "features.security_profile", "operating_system", "tools", "sut_orchestrator"):
        sys.modules["lisa." + name] = Names("lisa." + name)
    sys.modules["lisa.features.security_profile"].is_cvm = lambda node: False
    sys.modules["lisa.sut_orchestrator"].AZURE = "azure"
    return module


lisa = own_lisa() if "LISA_SOURCE" in os.environ else names_of_lisa()
sys.path.insert(0, str(REPO / "fleet/lisa"))
import hvcrash  # noqa: E402

hvcrash.CRASH_INTERVAL = 0.01
hvcrash.CRASH_TIMEOUT = 2
# a real TestSuiteMetadata replaces the class, and keeps it
SUITE = hvcrash.Hvcrash
if not isinstance(SUITE, type):
    from lisa.testsuite import get_suites_metadata

    SUITE = get_suites_metadata()["Hvcrash"].test_class


class Done:
    def __init__(self, exit_code, stdout, stderr=""):
        self.exit_code, self.stdout, self.stderr = exit_code, stdout, stderr


class Cat:
    def read(self, path, force_run=False):
        return (ROOT / path.lstrip("/")).read_text()


class Tools:
    def __getitem__(self, tool):
        return Cat()


class Console:
    panic_ignorable_patterns = []


class Features:
    console = Console()

    def is_supported(self, feature):
        return True

    def __getitem__(self, feature):
        return self.console


class Result:
    captured = 0

    def capture_serial_console_log(self):
        self.captured += 1


class Log:
    def info(self, text):
        print(f"# {text}", file=sys.stderr)

    debug = info


class Vm(lisa.RemoteNode):
    """The node: LISA's own parts are not initialized, since there is no connection"""

    tools = Tools()
    features = Features()
    is_dirty = False

    def __init__(self):
        pass

    def close(self):
        pass

    def mark_dirty(self):
        self.is_dirty = True

    def execute(self, command, shell=False, sudo=False, timeout=600, expected_exit_code=None, expected_exit_code_failure_message=""):
        done = self.answer(command)
        if expected_exit_code is not None and done.exit_code != expected_exit_code:
            raise AssertionError(expected_exit_code_failure_message)
        return done

    def answer(self, command):
        words = command.split()
        if words[0] == "hvcrashctl" and words[1] in ("status", "crashes"):
            ran = subprocess.run(
                [HVCRASHCTL, *words[1:], "--sysroot", str(ROOT)], capture_output=True, text=True
            )
            return Done(ran.returncode, ran.stdout, ran.stderr)
        if words[:2] == ["hvcrashctl", "kexec-args"]:
            return Done(0, "hvcrash_registry=0x101000 memmap=4K%0x101000-1+2\n")
        if words[:2] == ["hvcrashctl", "audit"]:
            verdict = os.environ.get("VERDICT", "clean")
            return Done(0, json.dumps({"verdict": verdict, "message": f"of {verdict}"}))
        if words[0] == "cat":
            try:
                return Done(0, (ROOT / words[1].lstrip("/")).read_text())
            except OSError as error:
                return Done(1, "", str(error))
        if words[0] == "nproc":
            return Done(0, "4\n")
        if words[0] == "uname":
            return Done(0, "6.12.0\n")
        if words[0] == "kexec":
            (ROOT / "loaded").write_text(command)
        if words[0] == "modinfo":
            return Done(int(not (ROOT / "hvcrash_crash.ko").exists()), "")
        return Done(0, "")

    def execute_async(self, command, shell=False, sudo=False):
        (ROOT / "fired").write_text(command + "\n")
        reboot(command)
        if "kexec" not in command:
            # like SSH when the VM is gone
            raise OSError("connection lost")


def reboot(command):
    """What a crash, or a kexec, leaves"""
    if os.environ.get("BACK") == "no":
        return
    boot_id = ROOT / "proc/sys/kernel/random/boot_id"
    boot_id.write_text(f"{time.monotonic_ns()}\n")
    saved = os.environ.get("SAVED", "dump")
    if "kexec" in command or saved == "none":
        return
    now = time.gmtime()
    where = ROOT / "var/crash" / time.strftime("%Y%m%d%H%M", now)
    where.mkdir(parents=True)
    (where / "dmesg.1").write_text(
        "[    0.0] Linux version 6.12.0 x\n[    9.0] Kernel panic - not syncing: of the test\n"
    )
    if saved in ("dump", "incomplete"):
        (where / ("dump.202611280512" if saved == "dump" else "dump-incomplete")).write_text("data")
    if os.environ.get("VERDICT", "clean") != "none":
        verdict = os.environ.get("VERDICT", "clean")
        (where / "hvcrash-audit.json").write_text(
            json.dumps({"schema": "hvcrash.audit/1", "verdict": verdict, "message": f"of {verdict}"})
        )
    published = subprocess.run(
        [HVCRASHCTL, "crashes", "show", "last", "--json", "--sysroot", str(ROOT)], capture_output=True, text=True
    )
    (ROOT / "var/lib/hvcrash").mkdir(parents=True, exist_ok=True)
    (ROOT / "var/lib/hvcrash/last-crash.json").write_text(published.stdout)


class AzureContext:
    resource_group_name, vm_name, subscription_id = "rg", "vm", "sub"


# LISA's part for Azure would import the whole SDK
for name in ("lisa.sut_orchestrator.azure", "lisa.sut_orchestrator.azure.common"):
    stub(name, get_node_context=lambda node: AzureContext())
run_command = subprocess.run


def az_crashes(command, **options):
    """The NMI reaches the VM if az succeeds"""
    done = run_command(command, **options)
    if command[0] == "az" and done.returncode == 0:
        reboot("nmi")
    return done


hvcrash.subprocess.run = az_crashes


class Platform:
    def type_name(self):
        return "azure"


class Environment:
    platform = Platform()


def taken_by(case):
    """The arguments of a case, by its source: LISA's decorator hides them"""
    source = (REPO / "fleet/lisa/hvcrash.py").read_text()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef) and function.name == case:
            return [argument.arg for argument in function.args.args[1:]]
    raise KeyError(case)


def run(case):
    suite = SUITE.__new__(SUITE)
    vm, result = Vm(), Result()
    arguments = {"node": vm, "log": Log(), "result": result, "environment": Environment()}
    try:
        getattr(suite, case)(**{name: arguments[name] for name in taken_by(case)})
    except lisa.SkippedException as why:
        return f"skip: {why}"
    except Exception as why:
        return f"fail: {why}" + (" (console captured)" if result.captured else "")
    return "pass"


for name in sys.argv[2:]:
    if len(sys.argv) > 3:
        shutil.rmtree(ROOT / "var", ignore_errors=True)
    # LISA's logger takes the place of sys.stdout
    os.write(1, (run(name) + "\n").encode())
