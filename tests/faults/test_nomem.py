#!/usr/bin/python3
"""Every allocation fails, each in a run of its own; in the worker also all from it on, in each worker that comes after.

usage: test_nomem.py BINARY NOMEM_SO [--all | --part=I/N] [SCENARIO...]

Whatever fails: no signal, no hang; exit status 4 with a line that says what ran out, or the run goes on and is right: the same
verdicts as without the fault, or "incomplete". A report written with --output is whole or not there, and an older one is
untouched. One library may crash for want of memory: libunbound, and only when the allocation that failed was its own; how often it
did is printed. Without --all a sample of each scenario's allocations is tried, another one in each place; --part=2/5 tries the second of five
parts of all, each of them spread over the run.
"""

import os
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

import shared
from shared import CLOCK, OLD, PAIR, ZONE
from lab import Lab
from tool import Tests

test = Tests()
SAMPLE = 80  # runs a scenario
HANGS_S = 90  # three workers that do not start take a minute
MAY_CRASH = ("libunbound",)  # 1.17 reads through a null pointer behind some of its own allocations; nothing outside it can prevent that


MESSAGE = """DKIM-Signature: v=1; a=rsa-sha256; d=healthy.example; s=s1; h=from; i=@healthy.example; bh=AA==; b=AAAA\r
DKIM-Signature: nonsense\r
Received: from mail.healthy.example (mail.healthy.example [192.0.2.10]) by x; now\r
From: "A, B" <a@healthy.example>, b@healthy.example\r
List-Unsubscribe: <https://healthy.example/>\r
\r
Hello.\r
"""


def prepare(binary, folder):
    """What the commands that compare and collect read: two reports that differ, and a message."""
    for name, domains in (("old", ("healthy.example", "broken.example")), ("new", ("healthy.example", "broken.example", "parked.example"))):
        for form in ("json", "ndjson"):
            subprocess.run([binary, *ZONE, *(("--ip", "192.0.2.10") if name == "old" else ()), "-f", form, "-o", os.path.join(folder, f"{name}.{form}"),
                            *domains], capture_output=True, check=False)
    with open(os.path.join(folder, "message"), "w", encoding="ascii", newline="") as f:
        f.write(MESSAGE)


def scenarios(folder, lab):
    recording = os.path.join(folder, "recording")
    old, new = os.path.join(folder, "old"), os.path.join(folder, "new")
    live = (*lab.options(), "--timeout", "2", *CLOCK)
    return {
        "zone-json": (*ZONE, "-f", "json", *PAIR),
        "zone-text": (*ZONE, "-f", "text", "--threads", "1", *PAIR),
        "zone-threads": (*ZONE, "-f", "ndjson", "--threads", "2", *PAIR),
        "zone-sarif": (*ZONE, "-f", "sarif", "--threads", "1", *PAIR),
        "live": (*live, "-f", "json", "-s", "rsa,ed", "own-server.example"),
        "record": (*live, "-f", "json", "--record", recording, "own-server.example"),
        "replay": ("--replay", recording + ".whole", "-f", "json"),
        "explain": ("explain", "-f", "json"),
        "message": ("message", *ZONE[:2], *CLOCK, "-f", "json", os.path.join(folder, "message")),
        "html": (*ZONE, "-f", "html", "--threads", "1", *PAIR),
        "csv": (*ZONE, "-f", "csv", "--csv", "findings", "--threads", "1", *PAIR),
        "baseline": (*ZONE, "-f", "json", "--baseline", old + ".json", "--threads", "1", *PAIR),
        "diff": ("diff", old + ".json", new + ".json"),
        "diff-json": ("diff", "-f", "json", old + ".json", new + ".ndjson"),
        "merge": ("merge", "-f", "json", old + ".ndjson", new + ".ndjson"),
        "resume": (*ZONE, "-f", "ndjson", "--resume", old + ".ndjson", "--threads", "1", *PAIR, "parked.example"),
        "worker": (*ZONE, "-f", "json", *PAIR),
        "starved": (*ZONE, "-f", "json", *PAIR),
    }


class Runner:
    def __init__(self, binary, library, folder):
        self.binary, self.library = os.path.abspath(binary), os.path.abspath(library)

        self.told = os.path.join(folder, "told")

    def __call__(self, args, at=0, where="main", output=None, forever=False):
        env = {**os.environ, "LD_PRELOAD": self.library, "NOMEM_AT": str(at), "NOMEM_IN": where, "NOMEM_TOLD": self.told, "LC_ALL": "C.UTF-8"}
        if forever:
            env["NOMEM_ALL"] = "1"
        more = ("-o", output) if output else ()
        command = [self.binary, *args, *more]
        try:
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=HANGS_S)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, -signal.SIGALRM, b"", b"does not end")

    def what(self):
        """Of the last run: allocations in all, how many of them failed, and the library that asked for the one that did."""
        with open(self.told, "rb") as f:
            count, failed, who = struct.unpack("@LL240s", f.read())
        return count, failed, os.path.basename(who.rstrip(b"\0").decode()).split(".so")[0]


def verdicts(text):
    """None when it is no report."""
    try:
        return shared.verdicts(text)
    except ValueError:
        return None


def judge(done, clean, what):
    """What must hold of one run."""
    error = done.stderr.decode(errors="replace")
    if done.returncode < 0:
        return f"{what}: killed by signal {-done.returncode}: {error[-200:]}"
    if "Sanitizer" in error or "runtime error" in error:
        return f"{what}: {error[-400:]}"
    if done.returncode == 4:
        return None if "memory" in error or "cannot make" in error else f"{what}: exit status 4 without a reason: {error[-200:]}"
    if done.returncode == 2:
        return f"{what}: blames the user: {error[-200:]}"
    was, now = verdicts(clean.stdout), verdicts(done.stdout)
    if was is not None:
        if now is None or now.keys() != was.keys():
            return f"{what}: exit status {done.returncode} and no whole report"
        for domain, verdict in now.items():
            if verdict not in (was[domain], "incomplete"):
                return f"{what}: {domain} is {verdict}, {was[domain]} without the fault"
    if done.returncode not in (clean.returncode, 3):
        return f"{what}: exit status {done.returncode}, {clean.returncode} without the fault"
    return None


def part_of(options):
    """The first allocation and how far it is from one to the next, as --all or --part=I/N want it; None for a sample."""
    for option in options:
        if option.startswith("--part="):
            part, parts = map(int, option[7:].split("/"))
            return part, parts
    return (1, 1) if "--all" in options else None


def places(name, total, part):
    """Which allocations fail: all, a part, or a sample that is spread over the run and differs from scenario to scenario."""
    if part:
        return range(part[0], total + 1, part[1])
    if total <= SAMPLE:
        return range(1, total + 1)
    step = total / SAMPLE
    start = zlib.crc32(name.encode()) % 97 / 97 * step
    return sorted({1 + int(start + i * step) for i in range(SAMPLE)})


def allocations(run, args, where):
    clean = run(args, where=where)
    return clean, run.what()[0]


def try_scenario(run, name, args, part):
    where = "child" if name in ("worker", "starved") else "main"
    clean, total = allocations(run, args, where)
    test.check(clean.returncode in (0, 1, 3), f"{name}: {clean.returncode} {clean.stderr.decode()[-300:]}")
    test.check(total >= 50, f"{name}: only {total} allocations counted")
    tried = happened = failed = crashed = 0
    for at in places(name, total, part):
        done = run(args, at, where, forever=name == "starved")
        tried += 1
        happened += run.what()[1] > 0
        failed += done.returncode == 4
        if done.returncode == -signal.SIGSEGV and where == "main" and run.what()[2] in MAY_CRASH:
            crashed += 1
            continue
        fault = judge(done, clean, f"{name}, allocation {at}")
        test.check(not fault, fault)
    # Live, nearly all are libunbound's, which does without; what a report read back lacks is read once more.
    test.check(where == "child" or name in ("live", "record", "diff", "diff-json", "baseline", "merge") or failed, f"{name}: no fault was ever noticed")
    # Not each: another order of threads or answers takes some fewer.
    test.check(happened > tried * 3 / 4, f"{name}: only {happened} of {tried} allocations could be made to fail")
    print(f"  {name}: {happened} of {total} allocations failed, {failed} ended the run, {crashed} crashed their library", flush=True)


def try_output(run, folder, part):
    """-o: the file is the old one or a whole new one."""
    path = os.path.join(folder, "report.json")
    args = (*ZONE, "-f", "json", *PAIR)
    clean, total = allocations(run, args, "main")
    whole = kept = 0
    for at in places("output", total, part):
        with open(path, "wb") as f:
            f.write(OLD)
        done = run(args, at, output=path)
        with open(path, "rb") as f:
            now = f.read()
        kept += now == OLD
        whole += now != OLD
        test.check(now == OLD or verdicts(now), f"--output, allocation {at}: {len(now)} octets are no whole report")
        test.check(done.returncode != 4 or now == OLD or verdicts(now), f"--output, allocation {at}: exit status {done.returncode}")
        left = [f for f in os.listdir(folder) if f.startswith("report.json") and f != "report.json"]
        test.equal(left, [], f"--output, allocation {at}: left behind")
    test.check(kept and whole, f"--output: {kept} kept, {whole} replaced")
    print(f"  output: {kept + whole} of {total} allocations failed, {kept} left the older report", flush=True)


def try_store(run, folder, part):
    """history: a report is in the store as it is, or not at all."""
    path, fresh = os.path.join(folder, "new.json"), os.path.join(folder, "store")
    add, show = ("history", "--db", fresh, "-q", path), ("history", "--db", fresh, "-f", "json")

    def forget():
        for end in ("", "-journal", "-wal", "-shm"):
            if os.path.exists(fresh + end):
                os.unlink(fresh + end)
    forget()
    clean, total = allocations(run, add, "main")
    whole = run(show).stdout
    test.check(clean.returncode == 0 and len(whole) > 1000, f"history: {clean.returncode} {clean.stderr[-300:]}")
    added = 0
    tried = places("history", total, part)
    for at in tried:
        forget()
        done = run(add, at)
        fault = judge(done, clean, f"history, allocation {at}")
        test.check(not fault, fault)
        shown = run(show)
        added += shown.stdout == whole
        test.check(shown.stdout == whole or done.returncode == 4, f"history, allocation {at}: exit status {done.returncode}, and the store holds something else")
        test.check(shown.stdout == whole or b"healthy.example" not in shown.stdout, f"history, allocation {at}: half a report is in the store")
    test.check(0 < added < len(tried), f"history: {added} of {len(tried)} were added")
    print(f"  history: {len(tried)} of {total} allocations failed, {added} reports were added all the same", flush=True)


def main():
    binary, library, *rest = sys.argv[1:]
    wanted = [word for word in rest if not word.startswith("--")]
    sys.argv[2:] = []
    with Lab() as lab, tempfile.TemporaryDirectory() as folder:
        run = Runner(binary, library, folder)
        table = scenarios(folder, lab)
        prepare(run.binary, folder)
        run((*table["record"][:-3], "--record", os.path.join(folder, "recording.whole"), "own-server.example"))

        @test
        def each_allocation():
            for name, args in table.items():
                if not wanted or name in wanted:
                    try_scenario(run, name, args, part_of(rest))

        @test
        def store_is_whole():
            if not wanted or "history" in wanted:
                try_store(run, folder, part_of(rest))

        @test
        def output_is_whole():
            if not wanted or "output" in wanted:
                try_output(run, folder, part_of(rest))

        return test.run()


if __name__ == "__main__":
    sys.exit(main())
