#!/usr/bin/python3
"""Lists that are wrong, endless or stopped in the middle: what is told, and what is left alone. No network but a silent socket.

usage: test_fleet_lists.py BINARY [TEST...]
"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from test_fleet import Fleet, domains_of, read_line, wait_gone
from tool import Tests

test = Tests()


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


@test
def wrong_file(fleet):
    """A list that is none does not fill the screen."""
    listed = "".join(f"not {i}!\n" for i in range(500)) + "d1.example\n"
    result = fleet("-f", "ndjson", stdin=listed)
    lines = result.err.splitlines()
    test.equal((result.status, domains_of(result.out), len(lines)), (2, ["d1.example"], 21), "twenty lines and how many more")
    test.check("standard input: 480 more lines" in lines[-1], f"the last: {lines[-1]!r}")
    result = fleet("-f", "ndjson", stdin="d1.example d2.example\nd3.example\n")
    test.check("looks like more than a name" in result.err and domains_of(result.out) == ["d3.example"], f"two on a line: {result}")


@test
def resume_needs_a_report(fleet):
    """What no run with -f ndjson wrote is refused before anything is audited, and never cut or appended to."""
    reports = {name: fleet("-f", form, *fleet.names[:3]).out for name, form in (("report.txt", "text"), ("report.json", "json"), ("report.csv", "csv"))}
    reports["note"] = "remember the milk"
    for name, text in reports.items():
        path = fleet.path(name)
        write(path, text)
        with open(path, "a") as f:
            result = fleet("-f", "ndjson", "--resume", path, *fleet.names[:3], stdout=f)
        test.equal((result.status, len(result.err.splitlines())), (2, 1), f"{name}: {result.err[:200]!r}")
        test.check("what -f ndjson wrote" in result.err, f"{name}: {result.err[:200]!r}")
        test.equal(contents(path).decode(), text, f"{name}: untouched")
    good = fleet("-f", "ndjson", *fleet.names[:3]).out
    path = fleet.path("good.ndjson")
    write(path, good)
    for other in (os.path.join(fleet.folder, ".", "good.ndjson"), fleet.path("link.ndjson")):
        if not os.path.exists(other):
            os.symlink(path, other)
        result = fleet("-f", "ndjson", "--resume", path, "-o", other, *fleet.names[:3])
        test.equal((result.status, len(result.err.splitlines())), (2, 1), f"the same file by another name: {result.err!r}")
        test.equal(contents(path).decode(), good, f"{other}: untouched")


def stopped_at(fleet, after, *args, listed):
    """The line about a run that is stopped when so many lines are there; the rest hangs on a silent resolver."""
    write(fleet.path("list"), listed)
    run = fleet.start("-z", fleet.path("fleet.zone"), "--live", *fleet.dead, "--timeout", "60", "--fail-on", "never", *args,
                      "-i", fleet.path("list"), stdin=subprocess.DEVNULL)
    for _ in range(after):
        read_line(run.stdout)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=10)
    test.equal((run.returncode, len(err.splitlines())), (3, 1), f"{args}: status and lines: {err!r}")
    return err


@test
def told_what_is_not_done(fleet):
    """Duplicates, other shards' names and what an earlier report has are not counted as left; the hint fits the format."""
    hanging = [f"hang{i}.invalid" for i in range(6)]
    listed = "".join(name + "\n" for name in fleet.names[:2] + hanging * 3)
    err = stopped_at(fleet, 2, "-f", "ndjson", "-j", "3", listed=listed)
    test.check("stopped: 2 done, 6 not; go on with --resume FILE" in err, f"each once: {err!r}")
    done = fleet("-f", "ndjson", fleet.names[0]).out + '{"domain":"hang5.invalid"}\n'
    write(fleet.path("done.ndjson"), done)
    err = stopped_at(fleet, 1, "-f", "ndjson", "-j", "3", "--resume", fleet.path("done.ndjson"), listed=listed)
    test.check("stopped: 1 done, 5 not" in err, f"not what is done already: {err!r}")
    parts = []
    for i in (1, 2):
        part = fleet("-f", "ndjson", "--shard", f"{i}/2", stdin="".join(name + "\n" for name in fleet.names[:2])).out
        err = stopped_at(fleet, len(part.splitlines()), "-f", "ndjson", "-j", "3", "--shard", f"{i}/2", listed=listed)
        parts.append(tuple(map(int, re.search(r"stopped: (\d+) done, (\d+) not", err).groups())))
    test.equal(tuple(map(sum, zip(*parts))), (2, 6), f"the parts together: {parts}")
    err = stopped_at(fleet, 1, "-f", "csv", listed=listed)
    test.check("--resume" not in err and "with -f ndjson" in err, f"csv cannot be resumed: {err!r}")


@test
def endless_lists(fleet):
    """One name for ever: it is audited and written, and the run can be stopped."""
    for args in ((), ("--threads", "2")):
        many = subprocess.Popen(["yes", "d1.example"], stdout=subprocess.PIPE)
        run = fleet.start(*(fleet.zone if not args else ()), *args, *(() if not args else (*fleet.dead, "--timeout", "0.2", "--retries", "0")),
                          "-f", "ndjson", "--fail-on", "never", stdin=many.stdout)
        test.equal(domains_of(read_line(run.stdout)), ["d1.example"], f"{args}: the name")
        run.send_signal(signal.SIGINT)
        test.equal(wait_gone(run), 3, f"{args}: exit status")
        test.check("1 done, 0 not and whatever else" in run.stderr.read(), f"{args}: told")
        many.kill()
        many.wait()


@test
def reader_gone(fleet):
    """Nobody reads any more while nothing is ready: the run does not wait for its resolver."""
    for form in ("ndjson", "json"):
        run = fleet.start(*fleet.dead, "--timeout", "60", "-f", form, *(f"hang{i}.invalid" for i in range(3)),
                          stdin=subprocess.DEVNULL)
        time.sleep(0.3)
        run.stdout.close()
        test.equal(wait_gone(run, 5), 4, f"{form}: exit status")
        test.equal(len(run.stderr.read().splitlines()), 1, f"{form}: one line on standard error")


@test
def merge_needs_reports(fleet):
    """A part that is missing or is no report gives no report, and few words."""
    good, text = fleet.path("merge.ndjson"), fleet.path("merge.txt")
    write(good, fleet("-f", "ndjson", *fleet.names[:3]).out)
    write(text, fleet(*fleet.names[:3]).out)
    for args, lines in (((fleet.path("none"),), 1), ((good, fleet.path("none")), 1), ((text,), 4)):
        result = fleet.tool("merge", *args)
        test.equal((result.status, result.out, len(result.err.splitlines())), (2, "", lines), f"{args}: {result.err[:300]!r}")
    result = fleet.tool("merge", "-f", "ndjson", good, text)
    test.equal((result.status, domains_of(result.out)), (2, fleet.names[:3]), "beside a good one: what is good, and status 2")
    write(fleet.path("list"), "".join(name + "\n" for name in fleet.names[:5]) * 3)
    result = fleet.tool("merge", "-i", fleet.path("list"), good)
    test.check(result.err.startswith("domaincheck: 2 names of the list are in no report"), f"each once: {result.err!r}")


def on_terminal(fleet, columns, term, *args):
    """What a terminal of so many columns gets to see on standard error."""
    terminal, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    run = subprocess.Popen([fleet.tool.binary, *fleet.dead, "--timeout", "0.7", "--retries", "0", "--dnssec=no", "-f", "ndjson", *args],
                           env=dict(fleet.tool.env, TERM=term), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=inner)
    os.close(inner)
    seen = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    run.wait(20)
    os.close(terminal)
    return seen.decode()


@test
def progress_fits(fleet):
    """The line is never longer than the terminal is wide, and a dumb one gets no control sequences."""
    names = ("hang1.example", "hang2.example")
    for columns in (200, 80, 40, 20, 8):
        for term in ("xterm", "dumb"):
            seen = on_terminal(fleet, columns, term, *names)
            lines = [line.replace("\x1b[K", "") for line in seen.split("\r")]
            test.check(max(map(len, lines)) < columns, f"{columns}, {term}: {seen!r}")
            test.check(("audited" in seen) == (columns > 15), f"{columns}, {term}: {seen!r}")
            test.check(("questions asked" in seen) == (columns >= 80), f"{columns}, {term}: {seen!r}")
            test.check(term != "dumb" or "\x1b" not in seen, f"dumb: {seen!r}")


@test
def rate_is_shared(fleet):
    """However many threads there are, they ask no more together than was allowed."""
    names = [f"hang{i}.example" for i in range(30)]
    fleet.silent.setblocking(False)

    def drain():
        count = 0
        while True:
            try:
                fleet.silent.recv(4096)
            except BlockingIOError:
                return count
            count += 1
    for rate, threads in ((4, 16), (20, 16), (25, 2)):
        drain()
        run = fleet.start(*fleet.dead, "--timeout", "60", "--retries", "0", "--max-qps", str(rate), "--threads", str(threads),
                          "-f", "ndjson", *names, stdin=subprocess.DEVNULL)
        time.sleep(3)
        count = drain()
        run.kill()
        run.communicate()
        test.check(1.5 * rate <= count <= 3.5 * rate + threads, f"{rate} a second with {threads} threads: {count} in 3 s")


@test
def compared_is_told(fleet):
    """With -v, a run of more domains than are searched for common primes says so; a smaller one does not."""
    listed = "".join(f"n{i}.example\n" for i in range(2050))
    err = fleet("-f", "lint", "-v", stdin=listed).err
    test.check("first 2000 domains, not of the 50 after them" in err, f"-v: {err[-300:]!r}")
    test.equal(fleet("-f", "lint", stdin=listed).err, "", "without -v")
    test.check("common prime" not in fleet("-f", "lint", "-v", stdin=listed[:2000]).err, "fewer domains")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="domaincheck-lists-") as folder:
        sys.exit(test.run(Fleet(sys.argv[1], folder)))
