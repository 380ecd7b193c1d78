#!/usr/bin/python3
"""The program in circumstances that it did not choose.

usage: test_circumstances.py BINARY ODD_SYSTEM_SO [TEST...]

No descriptors left, calls interrupted and cut short, a clock that jumps, hosts with one address family, processes that are
killed or stopped, a resolver that is started anew, no resolv.conf, a full disk. Never a crash, never half a file, never a verdict
that is not the truth: what is wanted is the report of a quiet day, or "incomplete", or one line that says why there is none.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time

import shared
from shared import OLD, PAIR, verdicts
from lab import die_with_parent
from tool import Tests

test = Tests()
ZONE = (*shared.ZONE, "-f", "json")
NAMES = ["own-server.example", "google-like.example", "microsoft-like.example", "ses-like.com", "two-spf.example",
         "lookups.example", "no-dmarc.example", "mx-cname.example", "parked.example", "p-none.example"]


class Runner(shared.Runner):
    def start(self, *args, odd=None, **options):
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        if odd:
            env.update(odd, LD_PRELOAD=self.library)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("preexec_fn", die_with_parent)
        return subprocess.Popen([self.binary, *args], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, **options)

    def __call__(self, *args, **options):
        child = self.start(*args, **options)
        try:
            out, err = child.communicate(timeout=60)
        finally:
            child.kill()
        return child.returncode, out, err.decode(errors="replace")


def stripped(out):
    """A report without what may differ from run to run: times and how many were asked over again."""
    report = json.loads(out)
    report.pop("options", None)
    for key in ("started", "finished", "summary"):
        report.pop(key, None)
    for domain in report["domains"]:
        domain.pop("dns", None)
    return json.dumps(timeless(report), sort_keys=True)


def timeless(value):
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in ("server", "ttl_s")}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def is_honest(done, clean, what):
    """Nothing but the truth, or less of it."""
    status, out, err = done
    if not test.check(status >= 0, f"{what}: killed by signal {-status}: {err[-300:]}"):
        return
    if status in (2, 4):
        test.check(err.strip() and err.count("\n") <= 3, f"{what}: exit status {status}, {err[-300:]!r}")
        return
    was = verdicts(clean[1])
    try:
        now = verdicts(out)
    except ValueError:
        test.check(False, f"{what}: exit status {status} and half a report")
        return
    shared.check_verdicts(test, now, was, what)


def is_same(done, clean, what):
    test.equal(done[0], clean[0], f"{what}: exit status ({done[2][-300:]})")
    if done[0] in (0, 1, 3):
        test.check(stripped(done[1]) == stripped(clean[1]), f"{what}: another report")


@test
def few_descriptors(run):
    for args in ((*ZONE, *PAIR), (*run.live(), "--timeout", "0.5", "--retries", "1", "own-server.example")):
        clean, ended = run(*args), 0
        for most in range(4, 34): # below, the program cannot even be loaded
            def limit(most=most):
                die_with_parent()
                resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
            done = run(*args, preexec_fn=limit)
            is_honest(done, clean, f"{most} descriptors, {args[0]}")
            ended += done[0] in (2, 4)
        test.check(0 < ended < 30, f"{args[0]}: {ended} of 30 runs ended without a report")


@test
def odd_systems(run):
    for args in ((*ZONE, *PAIR), (*run.live(), "own-server.example")):
        clean = run(*args)
        for odd in ("ODD_SHORT", "ODD_EINTR"):
            is_same(run(*args, odd={odd: "1"}), clean, f"{odd}, {args[0]}")
        # Signatures are valid for a time: with such a clock nobody can tell.
        (is_honest if "-n" in args else is_same)(run(*args, odd={"ODD_CLOCK": "1"}), clean, f"ODD_CLOCK, {args[0]}")
        is_same(run(*args, odd={"ODD_SHORT": "1", "ODD_EINTR": "1"}), clean, f"short and interrupted, {args[0]}")


@test
def one_family(run):
    clean = run(*run.live(), "own-server.example")
    is_same(run(*run.live(), "own-server.example", odd={"ODD_FAMILY": "6"}), clean, "no IPv6")
    six = run.lab.resolver6
    if six:
        args = ("-n", six, "--trust-anchor", run.lab.trust_anchor, *shared.CLOCK, "-f", "json", "-s", "rsa,ed", "own-server.example")
        is_same(run(*args, odd={"ODD_FAMILY": "4"}), run(*args), "no IPv4")
        both = ("-n", run.lab.resolver, *args)
        is_same(run(*both, odd={"ODD_FAMILY": "4"}), run(*both), "no IPv4, and an IPv4 resolver before the other")
    status, _, err = run(*run.live(), "own-server.example", odd={"ODD_FAMILY": "4"})
    test.check(status in (2, 3, 4), f"a resolver of a family that is not there: {status} {err[-200:]}")


@test
def no_resolv_conf(run):
    status, out, err = run("--resolv-conf", run.path("not-there"), *shared.CLOCK, "--timeout", "0.3", "--retries", "0", "-f", "json", "own-server.example")
    test.check(status in (2, 3), f"no resolv.conf: exit status {status}, {err[-200:]}")
    test.check(status == 2 and err.count("\n") == 1 or verdicts(out) == {"own-server.example": "incomplete"}, f"no resolv.conf: {err}")
    with open(run.path("empty"), "w", encoding="ascii"):
        pass
    status, out, err = run("--resolv-conf", run.path("empty"), *shared.CLOCK, "--timeout", "0.3", "--retries", "0", "-f", "json", "own-server.example")
    test.check(status in (2, 3), f"an empty resolv.conf: exit status {status}, {err[-200:]}")


def children_of(pid):
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            direct = [int(child) for child in f.read().split()]
    except OSError:
        return []
    for child in direct:
        found += [child, *children_of(child)]
    return found


def while_it_runs(child, disturb):
    """Calls `disturb` again and again until the program ends."""
    end = time.monotonic() + 60
    times = 0
    while child.poll() is None and time.monotonic() < end:
        times += disturb(child)
        time.sleep(random.random() * 0.02)
    return times


@test
def helpers_killed(run):
    """The processes that hold the receivers' libraries die at any moment."""
    def shoot(child):
        prey = children_of(child.pid)
        if not prey:
            return 0
        try:
            os.kill(random.choice(prey), signal.SIGKILL)
        except ProcessLookupError:
            return 0
        return 1
    args = (*run.live(), *NAMES)
    clean, shots, runs = run(*args), 0, 0
    while shots < 6 and runs < 60:  # a fast machine is done before many are hit
        runs += 1
        with open(run.path("out"), "w+b") as out:
            child = run.start(*args, stdout=out)
            shots += while_it_runs(child, shoot)
            err = child.stderr.read().decode()
            out.seek(0)
            is_honest((child.returncode, out.read(), err), clean, "helpers killed")
    test.check(shots >= 6, f"only {shots} were killed")


@test
def stopped_and_continued(run):
    def pause(child):
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.01)
        child.send_signal(signal.SIGCONT)
        return 1
    args = (*run.live(), *NAMES)
    clean = run(*args)
    with open(run.path("out"), "w+b") as out:
        child = run.start(*args, stdout=out)
        times = while_it_runs(child, pause)
        err = child.stderr.read().decode()
        out.seek(0)
        is_same((child.returncode, out.read(), err), clean, f"stopped and continued {times} times")


@test
def resolver_restarts(run):
    """unbound ends in the middle of a run and comes back a second later."""
    lab = run.lab
    args = (*run.live(), "--timeout", "20", *NAMES)
    clean = run(*args)
    child = run.start(*args, "-j", "1", "--threads", "1", "--max-qps", "150")
    time.sleep(0.3)
    name, server, log = next(entry for entry in lab.servers if entry[0] == "unbound")
    server.kill()
    server.wait()
    log.close()
    lab.servers.remove((name, server, log))
    time.sleep(1)
    test.check(child.poll() is None, "the run was over before the resolver was back")
    lab.start_unbound()
    lab.wait(lab.address("resolver"), lab.port, "plain.example.")
    out, err = child.communicate(timeout=60)
    is_honest((child.returncode, out, err.decode()), clean, "resolver restarted")
    now = verdicts(out)
    test.check(sum(verdict == "incomplete" for verdict in now.values()) <= 2, f"a restart of a second costs verdicts: {now}")


@test
def files_that_end(run):
    """A file that may not grow (RLIMIT_FSIZE) and a full file system: the older report stays."""
    path = run.path("report.json")
    for most in (0, 1, 1000, 5000, 20000):
        with open(path, "wb") as f:
            f.write(OLD)
        def limit(most=most):
            die_with_parent()
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        for extra in ((), ("--record", run.path("recording"))):
            status, _, err = run(*ZONE, "-o", path, *extra, *PAIR, preexec_fn=limit)
            with open(path, "rb") as f:
                now = f.read()
            left = [name for name in os.listdir(run.folder) if name.startswith("report.json") and name != "report.json"]
            test.equal(left, [], f"files of at most {most} octets: left behind")
            test.check(now == OLD, f"files of at most {most} octets: {len(now)} octets were left of the report")
            test.check(status in (2, 4) and err.strip(), f"files of at most {most} octets: exit status {status} {err[-200:]!r}")
    script = f'mount -t tmpfs -o size=16k none "$1" && cd "$1" && printf "{OLD.decode()}" > report.json && shift && "$@"; ' \
             'status=$?; [ "$(cat report.json)" = "an older report" ] && [ "$(ls)" = report.json ] && echo kept; exit $status'
    folder = run.path("small")
    os.mkdir(folder)
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", folder, run.binary, *ZONE, "-o", "report.json", *PAIR],
                          capture_output=True, text=True)
    if "unshare failed" in done.stderr or "mount" in done.stderr:
        print("  no namespaces here: a full file system is not tried")
        return
    test.equal(done.stdout.strip(), "kept", f"a full file system ({done.returncode} {done.stderr[-300:]})")
    test.check(done.returncode in (2, 4), f"a full file system: exit status {done.returncode}")


if __name__ == "__main__":
    sys.exit(shared.main(test, Runner))
