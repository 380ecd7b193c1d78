#!/usr/bin/python3
"""Every system call fails in turn, as the kernel may make it fail (strace's fault injection).

usage: test_syscalls.py BINARY [--all] [SCENARIO...]

Calls are counted by name: the n-th openat, the n-th write, in each process for itself, so that the worker's and its nursery's fail
too. Whatever fails: no signal, no hang, no half a file; exit status 2 or 4 with a line that says why, or a report whose verdicts are
those of a quiet day, or "incomplete". Without --all a sample is tried.
"""

import collections
import os
import re
import signal
import subprocess
import sys
import tempfile

import shared
from shared import OLD, PAIR, ZONE, verdicts
from lab import Lab, die_with_parent
from tool import Tests

test = Tests()
SAMPLE = 90  # runs a scenario
LOADER = 127  # the program was not even loaded
# What each call may say. Not here: those that cannot fail, and brk, whose failure the heap of the C library (2.36) does not survive while
# libraries are being loaded; with mmap it is the first.
ERRORS = {
    "openat": ("EMFILE", "EIO"), "open": ("EMFILE",), "read": ("EIO", "EINTR"), "pread64": ("EIO",), "write": ("ENOSPC", "EIO"), "writev": ("EIO",), "close": ("EIO",),
    "fsync": ("EIO",), "rename": ("EIO",), "linkat": ("EPERM",), "unlink": ("EIO",), "newfstatat": ("EIO",), "fstat": ("EIO",), "statx": ("EIO",), "lseek": ("EINVAL",), "fcntl": ("EINVAL",),
    "mmap": ("ENOMEM",), "mprotect": ("ENOMEM",), "mremap": ("ENOMEM",), "madvise": ("EINVAL",), "clone": ("EAGAIN",), "clone3": ("EAGAIN",),
    "socketpair": ("EMFILE",), "socket": ("EMFILE", "EAFNOSUPPORT"), "connect": ("ENETUNREACH",), "bind": ("EADDRINUSE",), "setsockopt": ("ENOPROTOOPT",), "getsockname": ("ENOBUFS",),
    "sendto": ("ENETUNREACH", "EAGAIN"), "sendmsg": ("ENOBUFS",), "sendmmsg": ("ENOBUFS",), "recvfrom": ("ECONNREFUSED", "EINTR"), "recvmsg": ("ENOMEM", "EINTR"),
    "epoll_create1": ("EMFILE",), "epoll_ctl": ("ENOMEM",), "epoll_wait": ("EINTR",), "poll": ("EINTR", "ENOMEM"), "ppoll": ("EINTR",), "select": ("EINTR",), "eventfd2": ("EMFILE",),
    "pipe2": ("EMFILE",), "dup2": ("EBADF",), "getrandom": ("ENOSYS",), "prctl": ("EINVAL",), "prlimit64": ("EPERM",), "seccomp": ("ENOSYS",), "landlock_create_ruleset": ("ENOSYS",),
    "landlock_add_rule": ("EINVAL",), "landlock_restrict_self": ("EPERM",), "wait4": ("EINTR",), "kill": ("EPERM",), "setsid": ("EPERM",), "chdir": ("EACCES",), "readlink": ("EACCES",),
    "uname": ("EFAULT",), "ioctl": ("ENOTTY",), "rt_sigaction": ("EINVAL",), "close_range": ("ENOSYS",), "sched_getaffinity": ("EINVAL",), "getcwd": ("ENOENT",),
}


class Runner:
    def __init__(self, binary, folder, lab):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.output = os.path.join(folder, "report.json")
        live = (*lab.options(), *shared.CLOCK, "--timeout", "1", "--retries", "1", "-f", "json", "-s", "rsa,ed", "own-server.example")
        self.scenarios = {"zone": (*ZONE, "-f", "json", *PAIR), "threads": (*ZONE, "-f", "json", "--threads", "2", *PAIR),
                          "output": (*ZONE, "-f", "json", "-o", self.output, *PAIR), "live": live}

    def __call__(self, args, *strace):
        command = ["strace", "-f", "-qqq", "-o", os.path.join(self.folder, "trace"), *strace, "--", self.binary, *args]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                 env={**os.environ, "LC_ALL": "C.UTF-8"}, preexec_fn=die_with_parent)
        try:
            out, err = child.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            return None, b"", ""
        return child.returncode, out, err.decode(errors="replace")

    def calls(self, args):
        """How often the process that makes a call most often makes it."""
        per = collections.Counter()
        done = self(args)
        with open(os.path.join(self.folder, "trace"), encoding="latin-1") as f:
            for line in f:
                found = re.match(r"(\d+) +(\w+)\(", line)
                if found:
                    per[found.groups()] += 1
        most = collections.Counter()
        for (_, name), count in per.items():
            most[name] = max(most[name], count)
        return done, most


def judge(run, name, done, clean, what):
    status, out, err = done
    if not test.check(status is not None, f"{what}: hangs"):
        return
    if not test.check(status >= 0 and status < 128, f"{what}: killed by signal {-status if status < 0 else status - 128}: {err[-200:]}"):
        return
    if status == LOADER and "loading shared libraries" in err:
        return
    if status in (2, 4, LOADER):
        test.check(err.strip() and err.count("\n") <= 3, f"{what}: exit status {status}, {err[-300:]!r}")
        return
    was = verdicts(clean)
    try:
        if name == "output":
            with open(run.output, "rb") as f:
                out = f.read()
        now = verdicts(out)
    except (OSError, ValueError):
        test.check(False, f"{what}: exit status {status} and no whole report {err[-200:]!r}")
        return
    shared.check_verdicts(test, now, was, what)


def try_scenario(run, name, everything):
    args = run.scenarios[name]
    (status, clean, err), most = run.calls(args)
    if name == "output":
        with open(run.output, "rb") as f:
            clean = f.read()
    if not test.check(status in (0, 1, 3), f"{name}: {status} {err[-300:]}"):
        return
    places = [(call, n, error) for call in sorted(most) for error in ERRORS.get(call, ()) for n in range(2 if call == "mmap" else 1, most[call] + 1)]
    step = 1 if everything else max(len(places) / SAMPLE, 1)
    ended = tried = 0
    for i in range(int(len(places) / step)):
        call, n, error = places[int(i * step)]
        if name == "output":
            with open(run.output, "wb") as f:
                f.write(OLD)
        done = run(args, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={n}")
        what = f"{name}, {call} {n}: {error}"
        judge(run, name, done, clean, what)
        tried += 1
        ended += done[0] in (2, 4, LOADER)
        if name == "output":
            with open(run.output, "rb") as f:
                now = f.read()
            good = now == OLD
            if not good:
                try:
                    good = set(verdicts(now)) == set(verdicts(clean))
                except ValueError:
                    pass
            test.check(good, f"{what}: {len(now)} octets are no whole report")
            left = [f for f in os.listdir(run.folder) if f.startswith("report.json") and f != "report.json"]
            # The one call that takes the file away again may be the one that fails.
            test.check(not left or call in ("unlink", "unlinkat"), f"{what}: left behind {left}")
            for file in left:
                os.unlink(os.path.join(run.folder, file))
    print(f"  {name}: {tried} of {len(places)} system calls failed, {ended} ended the run", flush=True)
    test.check(0 < ended < tried, f"{name}: {ended} of {tried} ended the run")


def main():
    binary, *rest = sys.argv[1:]
    del sys.argv[2:]
    only = [word for word in rest if word != "--all"]
    with Lab() as lab, tempfile.TemporaryDirectory() as folder:
        run = Runner(binary, folder, lab)
        status = run(["--version"])[0]
        if status != 0:
            print(f"strace cannot trace here ({status})")
            return 77

        @test
        def each_call():
            for name in only or run.scenarios:
                try_scenario(run, name, "--all" in rest)

        return test.run()


if __name__ == "__main__":
    sys.exit(main())
