#!/usr/bin/python3
"""How much of the parsers (parsers.py) the fuzzers' inputs reach: lines, by gcov.

usage: coverage.py SOURCE_ROOT BUILD_ROOT [--rounds N] [--only FUZZER,FUZZER...]

Builds with gcc's coverage in BUILD_ROOT/coverage, runs every fuzzer over its corpus, its past crashes and N mutations (default
20000; slow ones get a share of that), and prints for each file of a parser the share of lines that ran and the lines that did not.
Exit status 1 when all parsers together stay below 95 %, and when a mark is wrong.

A line that no input can reach is marked in the source by a comment that begins with "not fuzzed: " and goes on with the reason: on the
line itself; on a line that ends in an opening brace, for the block; on the first line of a function, for all of it. Marked lines
are not counted, but printed by their reasons. A marked line that runs all the same is an error.
"""

import glob
import gzip
import json
import os
import re
import subprocess
import sys
import time

import parsers

WANTED = 95.0
HEAVY = {"judge": 100, "diff": 20, "certificate": 10, "facts": 20, "message": 4, "talk": 10, "names": 10}  # a case costs so many times more
MARK = re.compile(r"\bnot fuzzed: (.+?)\s*(?:\*/|$)")


def fuzzers(source):
    return sorted(os.path.basename(path)[5:-2] for path in glob.glob(os.path.join(source, "tests", "fuzz", "fuzz_*.c")))


def make(source, build):
    if not os.path.exists(os.path.join(build, "build.ninja")):
        subprocess.run(["meson", "setup", build, source, "-Db_coverage=true", "-Dbuildtype=debug", "-Dtests=enabled"], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "CC": "gcc"})
    subprocess.run(["ninja", "-C", build, "--quiet", *[f"tests/fuzz/fuzz_{name}" for name in fuzzers(source)]], check=True)


def run(source, build, rounds, only):
    """Every fuzzer; prints what each ran, and the sum."""
    for old in glob.glob(os.path.join(build, "**/*.gcda"), recursive=True):
        os.remove(old)
    cases = 0
    begun = time.monotonic()
    for name in only or fuzzers(source):
        folders = [os.path.join(source, "tests/fuzz", kind, name) for kind in ("corpus", "crashes")]
        own = max(rounds // HEAVY.get(name, 1), 10)
        start = time.monotonic()
        done = subprocess.run([os.path.join(build, "tests", "fuzz", "fuzz_" + name), "--rounds", str(own), *folders], check=True,
                              stdout=subprocess.PIPE, text=True)
        count = sum(int(number) for number in re.findall(r"(\d+) (?:inputs|mutations)", done.stdout))
        cases += count
        print(f"{name}: {done.stdout.strip()}, {count / max(time.monotonic() - start, 0.001):.0f} cases a second", flush=True)
    print(f"{cases} cases in {time.monotonic() - begun:.0f} s", flush=True)


def lines_of(build, root, files):
    """file -> {line: times}, summed over the objects that hold it."""
    found = {}
    notes = glob.glob(os.path.join(build, "src/libinternal.a.p/*.gcno"))
    notes += glob.glob(os.path.join(build, "tests/fuzz/*.p/.._.._src_*.gcno"))  # what stands in no library
    for start in range(0, len(notes), 50):
        done = subprocess.run(["gcov", "--json-format", "--stdout", *notes[start:start + 50]], cwd=build, capture_output=True, check=True)
        for document in done.stdout.splitlines():
            document = gzip.decompress(document) if document[:2] == b"\x1f\x8b" else document
            for entry in json.loads(document)["files"]:
                path = os.path.relpath(os.path.normpath(os.path.join(build, entry["file"])), root)
                if path not in files:
                    continue
                table = found.setdefault(path, {})
                for line in entry["lines"]:
                    table[line["line_number"]] = table.get(line["line_number"], 0) + line["count"]
    return found


def end_of(text, start):
    """The line (from 0) that closes what line `start` opens, by its indentation."""
    indent = re.match(r"\t*", text[start]).group()
    for number in range(start + 1, len(text)):
        if re.match(indent + r"\}", text[number]):
            return number
    raise SystemExit(f"coverage: nothing closes: {text[start]}")


def marks(path):
    """line (from 1) -> reason."""
    with open(path, encoding="utf-8") as file:
        text = file.read().split("\n")
    found = {}
    for at, line in enumerate(text):
        mark = MARK.search(line)
        if not mark:
            continue
        code = line[:mark.start()].rstrip("/* ")
        if line[:1] not in "\t":  # a function, on its first line or above it
            span = range(at, end_of(text, at) + 1)
        elif code.endswith("{"):
            span = range(at + 1, end_of(text, at))
        else:
            span = [at]
        found.update({number + 1: mark.group(1) for number in span})
    return found


def ranges(numbers):
    """[3, 4, 5, 9] -> "3-5 9"."""
    out = []
    for n in numbers:
        if out and out[-1][1] == n - 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return " ".join(f"{a}-{b}" if a != b else str(a) for a, b in out)


def report(source, found, files):
    """Prints all; the share in per cent, and whether a mark was wrong."""
    total = ran = 0
    reasons, wrong = {}, False
    for path in files:
        marked = marks(os.path.join(source, path))
        lines = found.get(path, {})
        false = sorted(number for number in marked if lines.get(number))
        for number, reason in marked.items():
            if number in lines:
                reasons.setdefault(reason, []).append(f"{path}:{number}")
        lines = {number: times for number, times in lines.items() if number not in marked}
        missed = sorted(number for number, times in lines.items() if not times)
        total, ran = total + len(lines), ran + len(lines) - len(missed)
        share = 100 * (len(lines) - len(missed)) / len(lines) if lines else 0
        print(f"{share:5.1f} %  {path}{'   not run: ' + ranges(missed) if missed else ''}")
        if false:
            wrong = True
            print(f"         {path}: marked as out of reach, but run: {ranges(false)}")
    for reason, places in sorted(reasons.items()):
        print(f"left out: {len(places)} lines: {reason} ({', '.join(sorted(set(place.split(':')[0] for place in places)))})")
    share = 100 * ran / total if total else 0
    print(f"{share:5.1f} %  of {total} lines in {len(files)} files of parsers; {sum(map(len, reasons.values()))} lines left out; "
          f"wanted: {WANTED:.0f} %")
    return share, wrong


def main():
    source, build = os.path.realpath(sys.argv[1]), os.path.join(os.path.realpath(sys.argv[2]), "coverage")
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 20000
    only = sys.argv[sys.argv.index("--only") + 1].split(",") if "--only" in sys.argv else None
    files = parsers.find(source)
    make(source, build)
    run(source, build, rounds, only)
    share, wrong = report(source, lines_of(build, source, set(files)), files)
    return 0 if share >= WANTED and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
