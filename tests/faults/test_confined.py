#!/usr/bin/python3
"""What code that got into the process can do: little.

usage: test_confined.py BINARY INTRUDER_SO [TEST...]

The intruder (intruder.c) runs inside the program at the moment when answers are on their way or the report is written. Reports
and recordings go to their places all the same.
"""

import ctypes
import os
import shutil
import subprocess
import sys

import shared
from shared import CLOCK, DEMO
from lab import die_with_parent
from tool import Tests

test = Tests()
DONE = ["read an input", "read below /etc"]  # what must go on to work
CALLS = ["look into a process", "mount", "a socket for raw packets", "become another user", "listen", "start a program"]
FILES = ["read a file of the user's", "write a file of the user's", "make a file", "make a folder", "make a symbolic link",
         "remove a file", "list a folder of the user's", "write an input", "write below /etc"]


def landlock_version():
    return ctypes.CDLL(None).syscall(444, None, 0, 1)  # landlock_create_ruleset, the same number everywhere


class Runner(shared.Runner):
    def __init__(self, *args):
        super().__init__(*args)
        self.secret, self.target, self.zone = self.path("secret"), self.path("private"), self.path("zone")
        os.mkdir(self.target)
        with open(self.secret, "w", encoding="ascii") as f:
            f.write("a secret\n")
        shutil.copy(DEMO, self.zone)

    def __call__(self, when, *args):
        env = {**os.environ, "LD_PRELOAD": self.library, "INTRUDER_WHEN": when, "INTRUDER_SECRET": self.secret,
               "INTRUDER_TARGET": self.target, "INTRUDER_INPUT": self.zone}
        done = subprocess.run([self.binary, *CLOCK, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env,
                              timeout=60, preexec_fn=die_with_parent)
        told = dict(line[len("intruder: "):].split(": ", 1) for line in done.stderr.splitlines() if line.startswith("intruder: "))
        return done, told


def judge(run, done, told, what):
    wanted = CALLS + (FILES if landlock_version() >= 1 else [])
    for deed in wanted:
        test.check(told.get(deed) in ("Operation not permitted", "Permission denied", "Address family not supported by protocol"),
                   f"{what}: the intruder could {deed}: {told.get(deed)}")
    for deed in DONE:
        test.equal(told.get(deed), "done", f"{what}: {deed}")
    test.equal(os.listdir(run.target), [], f"{what}: made by the intruder")
    test.check(os.path.exists(run.secret), f"{what}: removed by the intruder")
    test.check(done.returncode in (0, 1, 3), f"{what}: exit status {done.returncode} {done.stderr[-300:]}")


@test
def while_a_report_is_written(run):
    judge(run, *run("stdout", "-z", run.zone, "-f", "json", "healthy.example"), "to standard output")
    judge(run, *run("stdout", "-z", run.zone, "-f", "ndjson", "--threads", "2", "healthy.example", "broken.example"), "two threads")


@test
def while_answers_are_on_their_way(run):
    judge(run, *run("send", *run.lab.options(), "-z", run.zone, "--live", "-f", "json", "own-server.example"), "live")


@test
def outputs_go_on_to_work(run):
    """In a folder of their own, as a new file and over an old one, with everything else that is read or written."""
    folder = run.path("reports")
    os.mkdir(folder)
    names, waivers = run.path("names"), run.path("waivers")
    with open(names, "w", encoding="ascii") as f:
        f.write("healthy.example\nbroken.example\n")
    for again in range(2):
        paths = [os.path.join(folder, name) for name in ("report.json", "report.csv", "recording")]
        done, told = run("stdout", "-z", run.zone, "-i", names, "-f", "text", "-f", "json", "-o", paths[0], "-f", "csv", "-o", paths[1])
        test.equal(done.returncode, 1, f"several outputs: {done.stderr[-300:]}")
        done, told = run("never", *run.lab.options(), "-f", "json", "-o", paths[0], "--record", paths[2], "own-server.example")
        test.equal(done.returncode, 0, f"a recording: {done.stderr[-300:]}")
        for path in paths:
            test.check(os.path.getsize(path) > 100, f"{path} is not there")
        test.equal(sorted(os.listdir(folder)), ["recording", "report.csv", "report.json"], "left behind")
        replayed, _ = run("never", "--replay", paths[2], "-f", "json", "-o", run.path(f"replay{again}"))
        test.equal(replayed.returncode, 0, f"a replay: {replayed.stderr[-300:]}")
    here = os.getcwd()
    os.chdir(folder)
    done, _ = run("never", "-z", run.zone, "-f", "json", "-o", "here.json", "healthy.example")
    os.chdir(here)
    test.equal(done.returncode, 0, f"a bare name: {done.stderr[-300:]}")
    done, _ = run("never", "-z", run.zone, "-f", "json", "-o", "/dev/null", "healthy.example")
    test.equal(done.returncode, 0, f"/dev/null: {done.stderr[-300:]}")
    fifo = subprocess.run(["bash", "-c", '"$@" > >(cat) -o >(cat >&2)', "bash", run.binary, *CLOCK, "-z", run.zone, "-f", "json",
                           "healthy.example"], capture_output=True, text=True, timeout=60)
    test.check(fifo.returncode == 0 and '"healthy.example"' in fifo.stderr, f"into a pipe: {fifo.returncode} {fifo.stderr[-300:]}")


if __name__ == "__main__":
    sys.exit(shared.main(test, Runner))
