#!/usr/bin/python3
"""The tests under the tools that see what a test alone does not: `ninja -C build sanitize-gcc` and the others.

usage: sanitize.py HOW SOURCE_ROOT BUILD_ROOT [TEST...]      HOW is one of

    gcc, clang  a build with AddressSanitizer (with leaks) and UndefinedBehaviorSanitizer by that compiler, every test
    threads     a build with ThreadSanitizer (clang), the tests in which threads meet
    memcheck    the build itself under valgrind, unit tests, cases and lists of domains
    helgrind    the build itself under valgrind's other checker of threads, lists of domains

MemorySanitizer is out of reach: it needs every library built with it, and takes what OpenSSL, curl or jansson write for
not written.

Builds stand in BUILD_ROOT/sanitize/HOW. A test that a tool makes impossible is in LEFT_OUT with the reason, nowhere
else. Ends with a line of figures; exit status 1 when a test failed.
"""

import concurrent.futures
import fnmatch
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

JOBS = int(os.environ.get("SANITIZE_JOBS", "2"))
ANY = ("gcc", "clang", "threads", "memcheck", "helgrind")
BUILDS = {
    "gcc": ("gcc", "-Db_sanitize=address,undefined"),
    "clang": ("clang", "-Db_sanitize=address,undefined"),
    "threads": ("clang", "-Db_sanitize=thread"),
}
# Suites and names of tests. Left out of the first two: lints and pages of the documentation, which are about text, and what
# meson.build itself leaves out of such builds (a second malloc; seccomp that forbids what the run time needs).
WANTED = {
    "gcc": ("unit/*", "conformance/*", "cases/*", "fuzz/*", "e2e/*", "faults/*"),
    "clang": ("unit/*", "conformance/*", "cases/*", "fuzz/*", "e2e/*", "faults/*"),
    "threads": ("unit/gather", "unit/source_*", "unit/receiver_*", "e2e/fleet", "e2e/fleet_live", "e2e/shared_prime",
                "e2e/history", "e2e/world", "e2e/https", "e2e/recurse", "e2e/smtp", "e2e/sources"),
    "memcheck": ("unit/*", "conformance/spf-suite-*", "cases/*", "e2e/fleet"),
    "helgrind": ("e2e/fleet", "e2e/shared_prime", "unit/source_*", "unit/gather"),
}
# Of a test as a whole, or of one of its parts (e2e/tool.py).
LEFT_OUT = [
    (("gcc", "clang", "threads"), "amplification/one_costs_its_ceilings_at_most", "measures memory, of which the shadow is most"),
    (("gcc", "clang", "threads"), "amplification/nobody_else_pays", "the same"),
    (("gcc", "clang", "threads"), "diff/bounded", "limits the address space to 3 GiB; the shadow takes 15 TiB of it"),
    (("gcc", "clang", "threads"), "https/who_is_connected_to",
     "nothing is confined in such a build (meson.build), so libcurl may write to SSLKEYLOGFILE"),
    (("memcheck",), "receiver_host", "its drills make system calls with arguments that mean nothing, which valgrind reports"),
    (("memcheck",), "coverage", "runs every case once more"),
    (("memcheck",), "valgrind", "runs valgrind itself"),
    (("memcheck", "helgrind"), "fleet/signals", "interrupts a run as soon as it catches that, and valgrind does from the start"),
    (("gcc", "clang", "threads"), "install", "links the library to a program without the sanitizer's run time"),
]
FACTOR = {"gcc": 4, "clang": 4, "threads": 8, "memcheck": 20, "helgrind": 20}


def environment(root, base):
    supp = os.path.join(root, "tests")
    env = dict(os.environ)
    env.update(
        ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0:exitcode=99",
        UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1:exitcode=99",
        LSAN_OPTIONS=f"suppressions={supp}/leaks.supp:print_suppressions=0",
        TSAN_OPTIONS=f"suppressions={supp}/threads.supp:exitcode=99:halt_on_error=0",
    )
    # Looking for leaks needs ptrace, which strace has taken: below strace it is not done.
    bin_ = os.path.join(base, "sanitize", "bin")
    os.makedirs(bin_, exist_ok=True)
    if shutil.which("strace"):
        path = os.path.join(bin_, "strace")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 exec {shutil.which("strace")} "$@"\n')
        os.chmod(path, 0o755)
        env["PATH"] = bin_ + os.pathsep + env["PATH"]
    return env


def build(how, root, base):
    """The folder with the build that `how` needs, made or brought up to date."""
    if how not in BUILDS:
        subprocess.run(["ninja", "-C", base], check=True, stdout=subprocess.DEVNULL)
        return base
    compiler, sanitizers = BUILDS[how]
    folder = os.path.join(base, "sanitize", how)
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        subprocess.run(["meson", "setup", folder, root, "-Dtests=enabled", "-Dbuildtype=debug", "-Doptimization=1", sanitizers,
                        "-Db_lundef=false"], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CC": compiler})
    subprocess.run(["ninja", "-C", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def tests_of(folder, how, names):
    done = subprocess.run(["meson", "introspect", "--tests", folder], check=True, capture_output=True, text=True)
    for test in json.loads(done.stdout):
        full = test["suite"][0].split(":")[-1] + "/" + test["name"]
        if any(fnmatch.fnmatchcase(full, wanted) for wanted in WANTED[how]) and (not names or test["name"] in names):
            yield test


def valgrind(how, root):
    command = ["valgrind", "-q", "--error-exitcode=99", "--fair-sched=try", "--log-file=%q{VALGRIND_LOGS}/%p"]
    if how == "memcheck":
        return command + ["--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
                          f"--suppressions={root}/tests/memcheck.supp"]
    return command + ["--tool=helgrind", f"--suppressions={root}/tests/helgrind.supp", "--history-level=approx"]


def wrapped(how, root, folder, command):
    """The command with our binaries under valgrind, and nothing else: not the Python around them."""
    tool = valgrind(how, root)
    out = []
    for word in command:
        inside = os.path.relpath(os.path.join(folder, word), folder)
        if inside == "domaincheck":
            script = os.path.join(folder, f"domaincheck.{how}")
            with open(script, "w", encoding="utf-8") as f:
                f.write(f'#!/bin/sh\nexec {shlex.join(tool)} {shlex.quote(os.path.join(folder, inside))} "$@"\n')
            os.chmod(script, 0o755)
            out.append(script)
        elif inside.startswith("tests/") and os.access(word, os.X_OK) and os.path.basename(word).startswith("test_"):
            out += [*tool, word]
        else:
            out.append(word)
    return out


def run(how, root, base, folder, env, test):
    """(test, "passed", "failed" or "skipped", seconds, output)."""
    without = [name.split("/")[1] for hows, name, _ in LEFT_OUT if how in hows and name.startswith(test["name"] + "/")]
    command = wrapped(how, root, folder, test["cmd"]) if how not in BUILDS else test["cmd"]
    logs = os.path.join(base, "sanitize", "logs", how, test["name"])
    shutil.rmtree(logs, ignore_errors=True)
    os.makedirs(logs)
    began = time.monotonic()
    child = subprocess.Popen(command, cwd=test["workdir"] or folder, env={**env, **test["env"], "TESTS_WITHOUT": " ".join(without), "VALGRIND_LOGS": logs}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output = child.communicate(timeout=test["timeout"] * FACTOR[how])[0].decode(errors="replace")
        state = {0: "passed", 77: "skipped"}.get(child.returncode, "failed")
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        output, state = "took too long\n" + child.communicate()[0].decode(errors="replace"), "failed"
    for name in sorted(os.listdir(logs)):
        with open(os.path.join(logs, name), encoding="utf-8", errors="replace") as f:
            said = [line for line in f.read().splitlines() if line.startswith("==")]
        if said:
            state, output = "failed", output + "\n" + "\n".join(said[:30])
    for mark in ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:"):
        if mark in output and state == "passed":
            state = "failed"
    return test, state, time.monotonic() - began, output


def main():
    how, root, base, *names = sys.argv[1:]
    root, base = os.path.abspath(root), os.path.abspath(base)
    if how not in ANY or how in ("memcheck", "helgrind") and not shutil.which("valgrind"):
        print(f"sanitize.py: {how}: not possible here", file=sys.stderr)
        return 2
    began = time.monotonic()
    folder, env = build(how, root, base), environment(root, base)
    print(f"{how}: built in {time.monotonic() - began:.0f} s", flush=True)
    counts, todo = {"passed": 0, "failed": 0, "skipped": 0}, []
    for test in tests_of(folder, how, names):
        whole = False
        for hows, name, reason in LEFT_OUT:
            if how in hows and name.split("/")[0] == test["name"]:
                print(f"left out  {name}: {reason}")
                whole = whole or "/" not in name
        counts["skipped"] += whole
        if not whole:
            todo.append(test)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for test, state, seconds, output in pool.map(lambda test: run(how, root, base, folder, env, test), todo):
            counts[state] += 1
            print(f"{state:9} {test['name']} ({seconds:.0f} s)", flush=True)
            if state == "failed":
                print("\n".join("    " + line for line in output.splitlines()[-60:]), flush=True)
    print(f"{how}: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} left out, "
          f"{time.monotonic() - began:.0f} s")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
