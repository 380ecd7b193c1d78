"""What the end-to-end tests share: calling the binary, and keeping count of what is wrong."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(ROOT, "tests/cases"))

from run import schema_validator

TIMEOUT_S = 60


def scratch():
    """A folder that is gone when the test is."""
    folder = tempfile.mkdtemp(prefix="domaincheck-test-")
    atexit.register(shutil.rmtree, folder, True)
    return folder


class Result:
    def __init__(self, command, status, out, err, elapsed_s):
        self.command, self.status, self.out, self.err, self.elapsed_s = command, status, out, err, elapsed_s

    @property
    def report(self):
        return json.loads(self.out)

    @property
    def domains(self):
        """name -> domain object."""
        return {domain["domain"]: domain for domain in self.report["domains"]}

    def __str__(self):
        return f"$ {' '.join(self.command)}\nexit status {self.status}\n{self.err[-2000:]}"


class Tool:
    """The binary, as a script would call it. Standard input is closed to it unless given."""

    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.validator = schema_validator(os.path.join(ROOT, "data/schema/report.json"))
        self.env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "CLICOLOR_FORCE")}
        self.env.update(LC_ALL="C.UTF-8", TZ="UTC")

    def __call__(self, *args, stdin=None, timeout=TIMEOUT_S, text=True, **options):
        command = [self.binary, *map(str, args)]
        began = time.monotonic()
        given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run(command, stderr=subprocess.PIPE, text=text, timeout=timeout, env=self.env, **given, **options)
        return Result(command, done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def audit(self, *args, **options):
        """The same with -f json; the report must be valid."""
        result = self("-f", "json", *args, **options)
        if result.out and result.status in (0, 1, 3):
            for fault in self.validator(result.report)[:3]:
                raise ValueError(f"schema: {fault}\n{result}")
        return result


def started(run, timeout_s=60):
    """Waits until a program that was started catches the interrupt, however long a busy machine takes to get it there."""
    end = time.monotonic() + timeout_s
    while run.poll() is None and time.monotonic() < end:
        with open(f"/proc/{run.pid}/status", encoding="ascii", errors="replace") as f:
            caught = next((int(line.split()[1], 16) for line in f if line.startswith("SigCgt:")), 0)
        if caught >> (signal.SIGINT - 1) & 1:
            return
        time.sleep(0.01)


def finding_lines(domain):
    """Sorted "severity slug subject" of a domain object."""
    return sorted(f'{finding["severity"]} {finding["id"]} {finding["subject"]}' for finding in domain["findings"])


def slugs(domain):
    return {finding["id"] for finding in domain["findings"]}


class Tests:
    """Collects functions, runs them in order, and prints what does not hold."""

    def __init__(self):
        self.functions, self.faults, self.checks = [], [], 0
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # who is told to end tidies up before

    def __call__(self, function):
        self.functions.append(function)
        return function

    def check(self, good, message):
        self.checks += 1
        if not good:
            self.faults.append(message)
            print(f"    FAIL {message}", flush=True)
        return good

    def equal(self, have, want, what):
        return self.check(have == want, f"{what}: {have!r}, expected {want!r}")

    def run(self, *args):
        """Runs all of them (or those named after the binary on the command line; never those in TESTS_WITHOUT) and ends the
        program."""
        only, without = set(sys.argv[2:]), os.environ.get("TESTS_WITHOUT", "").split()
        for function in self.functions:
            if (only and function.__name__ not in only) or function.__name__ in without:
                continue
            began, before = time.monotonic(), len(self.faults)
            try:
                function(*args)
            except Exception as error:
                self.check(False, f"{type(error).__name__}: {error}")
            verdict = "ok  " if len(self.faults) == before else "FAIL"
            print(f"{verdict} {function.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        print(f"{self.checks} checks, {len(self.faults)} faults")
        return 1 if self.faults else 0
