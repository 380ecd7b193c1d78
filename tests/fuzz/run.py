#!/usr/bin/python3
"""Runs every fuzzer for some seconds each, with libFuzzer and sanitizers.

usage: run.py SOURCE_ROOT BUILD_ROOT [FUZZER...]

FUZZ_SECONDS in the environment is the time for each fuzzer (default 60). The fuzzers are built by clang in BUILD_ROOT/fuzz.
What they find to be new goes to BUILD_ROOT/fuzz/corpus/NAME; a crash is left in tests/fuzz/crashes/NAME, where the
ordinary tests run it from then on. Exit status 1 when there was one.
"""

import os
import subprocess
import sys


def build(source, folder):
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        subprocess.run(
            ["meson", "setup", folder, source, "-Dfuzz=enabled", "-Dbuildtype=debugoptimized", "-Db_lundef=false"],
            check=True, env={**os.environ, "CC": "clang"})
    subprocess.run(["ninja", "-C", folder, "fuzzers"], check=True)


def names(source):
    folder = os.path.join(source, "tests", "fuzz")
    return sorted(f[5:-2] for f in os.listdir(folder) if f.startswith("fuzz_") and f.endswith(".c"))


def cases(source, folder):
    """For the judge: every case as a recording."""
    binary, target = os.path.join(os.path.dirname(folder), "domaincheck"), os.path.join(folder, "cases")
    if os.path.exists(binary) and not os.path.exists(target):
        subprocess.run([sys.executable, os.path.join(source, "tests/fuzz/seeds.py"), binary, os.path.join(source, "tests/cases"), target],
                       check=True)
    return [target] if os.path.exists(target) else []


def fuzz(source, folder, name, seconds):
    seeds = os.path.join(source, "tests", "fuzz", "corpus", name)
    found = os.path.join(folder, "corpus", name)
    crashes = os.path.join(source, "tests", "fuzz", "crashes", name)
    for path in (seeds, found, crashes):
        os.makedirs(path, exist_ok=True)
    command = [os.path.join(folder, "tests", "fuzz", "fuzz_" + name), found, seeds, *(cases(source, folder) if name == "judge" else []),
               "-max_total_time=%d" % seconds,
               "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-artifact_prefix=" + crashes + "/"]
    words = os.path.join(source, "tests", "fuzz", "corpus", name + ".dict")
    if os.path.exists(words):
        command.append("-dict=" + words)
    print("==", name, flush=True)
    result = subprocess.run(command, stderr=subprocess.PIPE, errors="replace")
    lines = result.stderr.splitlines()
    shown = lines[-60:] if result.returncode else [l for l in lines if l.startswith("stat::number") or " DONE " in l]
    print("\n".join(shown), flush=True)
    if not os.listdir(crashes):
        os.rmdir(crashes)
    return result.returncode == 0


def main():
    source, folder = sys.argv[1], os.path.join(sys.argv[2], "fuzz")
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    build(source, folder)
    failed = [name for name in sys.argv[3:] or names(source) if not fuzz(source, folder, name, seconds)]
    print("crashes:", " ".join(failed) or "none")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
