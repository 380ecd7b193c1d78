#!/usr/bin/python3
"""How much of the parsers the fuzzers' inputs reach: lines, by gcov.

usage: coverage.py SOURCE_ROOT BUILD_ROOT [--rounds N]

Builds with gcc's coverage in BUILD_ROOT/coverage, runs every fuzzer over its corpus, its past crashes and N mutations (default
20000; the whole judge gets a hundredth), and prints for each file of a parser the share of lines that ran and the lines that did not.
Exit status 1 when all parsers together stay below 95 %.
"""

import glob
import gzip
import json
import os
import subprocess
import sys

WANTED = 95.0
# What takes octets apart that somebody else wrote
PARSERS = ["src/dns/name.c", "src/dns/packet.c", "src/dns/rdata_fields.c", "src/dns/rdata_text.c", "src/dns/rdata.c", "src/dns/sections.c",
           "src/dns/zone.c", "src/dns/zone_scan.c", "src/evidence/recording_line.c", "src/evidence/recording_read.c",
           "src/evidence/recording.c", "src/spf/parse.c", "src/spf/term.c", "src/spf/macro.c", "src/dkim/record.c", "src/dkim/key.c",
           "src/dkim/der.c", "src/dmarc/record.c", "src/dmarc/uri.c", "src/message/message.c", "src/receiver/wire.c",
           "src/receiver/text.c", "src/manifest/*.c", "src/diff/read*.c", "src/mta_sts/policy.c", "src/mta_sts/record.c",
           "src/tls_rpt/*.c", "src/bimi/*.c", "src/caa/*.c", "src/smtp/*.c", "src/dane/*.c", "src/source/https_*.c"]
HEAVY = {"judge": 100, "diff": 20}  # a case costs so many times more


def fuzzers(build):
    folder = os.path.join(build, "tests", "fuzz")
    return sorted(f for f in os.listdir(folder) if f.startswith("fuzz_") and os.access(os.path.join(folder, f), os.X_OK)
                  and not os.path.isdir(os.path.join(folder, f)))


def make(source, build):
    if not os.path.exists(os.path.join(build, "build.ninja")):
        subprocess.run(["meson", "setup", build, source, "-Db_coverage=true", "-Dbuildtype=debug", "-Dtests=enabled"], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "CC": "gcc"})
    names = [f"tests/fuzz/fuzz_{os.path.basename(p)[5:-2]}" for p in glob.glob(os.path.join(source, "tests/fuzz/fuzz_*.c"))]
    subprocess.run(["ninja", "-C", build, "--quiet", *sorted(names)], check=True)


def run(source, build, rounds):
    for old in glob.glob(os.path.join(build, "**/*.gcda"), recursive=True):
        os.remove(old)
    for name in fuzzers(build):
        what = name[5:]
        own = max(rounds // HEAVY.get(what, 1), 10)
        folders = [os.path.join(source, "tests/fuzz", kind, what) for kind in ("corpus", "crashes")]
        print(f"{what}: ", end="", flush=True)
        subprocess.run([os.path.join(build, "tests/fuzz", name), "--rounds", str(own), *folders], check=True)


def lines_of(build, files):
    """file -> {line: times}, summed over the objects that hold it."""
    found = {}
    notes = [path for path in glob.glob(os.path.join(build, "src/libinternal.a.p/*.gcno"))]
    for start in range(0, len(notes), 50):
        done = subprocess.run(["gcov", "--json-format", "--stdout", *notes[start:start + 50]], cwd=build, capture_output=True, check=True)
        for document in done.stdout.splitlines():
            document = gzip.decompress(document) if document[:2] == b"\x1f\x8b" else document
            for entry in json.loads(document)["files"]:
                path = os.path.relpath(os.path.normpath(os.path.join(build, entry["file"])), files["root"])
                if path not in files["parsers"]:
                    continue
                table = found.setdefault(path, {})
                for line in entry["lines"]:
                    table[line["line_number"]] = table.get(line["line_number"], 0) + line["count"]
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


def main():
    source, build = os.path.realpath(sys.argv[1]), os.path.join(os.path.realpath(sys.argv[2]), "coverage")
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 20000
    parsers = {os.path.relpath(path, source) for pattern in PARSERS for path in glob.glob(os.path.join(source, pattern))}
    make(source, build)
    run(source, build, rounds)
    total = ran = 0
    found = lines_of(build, {"root": source, "parsers": parsers})
    for path in sorted(parsers):
        lines = found.get(path, {})
        missed = sorted(number for number, times in lines.items() if not times)
        total, ran = total + len(lines), ran + len(lines) - len(missed)
        share = 100 * (len(lines) - len(missed)) / len(lines) if lines else 0
        print(f"{share:5.1f} %  {path}{'   not run: ' + ranges(missed) if missed else ''}")
    share = 100 * ran / total if total else 0
    print(f"{share:5.1f} %  of {total} lines in {len(parsers)} files of parsers; wanted: {WANTED:.0f} %")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
