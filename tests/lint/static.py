#!/usr/bin/python3
"""Static analysis that is too slow for the suite, over every C file of ours: `ninja clang-tidy`, `ninja analyzer`.

usage: static.py clang-tidy|analyzer SOURCE_ROOT BUILD_ROOT [WORD_IN_PATH]...

clang-tidy  with the checks of .clang-tidy, where each check that is off has its reason. A place that is right as it is
            says so beside itself: NOLINT(check): reason.
analyzer    gcc -fanalyzer. A place is waived as above, by the name of the warning: NOLINT(analyzer-malloc-leak): reason.

A NOLINT without a check or without a reason is a finding.

Both read compile_commands.json: what is built is what is analysed. What was clean and has not changed since (the file as
preprocessed, the configuration) is not analysed again: BUILD_ROOT/static/. Prints findings and, last, one line of figures;
exit status 1 when there is a finding.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time

JOBS = 2
FINDING = re.compile(r"^(\S+?):(\d+):(?:\d+:)? (?:warning|error): (.*) \[(\S+?)\]$")
WAIVER = re.compile(r"NOLINT\w*(\([\w.,*-]+\))?(:? ?)(.*)")

def entries(root, build, words):
    """(file, folder, arguments) of our C files, each once, without those that the build generates."""
    seen = set()
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        for entry in json.load(f):
            path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
            own = os.path.relpath(path, root)
            if own.split(os.sep)[0] in ("src", "tests") and path not in seen and path.endswith(".c") \
                    and (not words or any(word in own for word in words)):
                seen.add(path)
                yield path, entry["directory"], shlex.split(entry["command"])


def preprocessed(args, folder):
    """The text that the compiler sees, comments and all; None where it does not get that far."""
    out = args.index("-o")
    done = subprocess.run(args[:out] + args[out + 2:] + ["-E", "-CC", "-o", "-"], cwd=folder, capture_output=True)
    return done.stdout if done.returncode == 0 else None


def tidy_command(path, build, args):
    return ["clang-tidy", "--quiet", "-p", build, path]


def analyzer_command(path, build, args):
    """The build's own command, but only to hear the warnings: the object goes nowhere."""
    out = args.index("-o")
    drop = {"-MD", "-MQ", "-MF"}
    compiler = 1 if os.path.basename(args[0]) == "ccache" else 0
    kept, skip = [*args[:compiler], "gcc"], False
    for at, word in enumerate(args):
        if at <= compiler:
            continue
        if skip or at in (out, out + 1):
            skip = False
            continue
        if word in drop:
            skip = word != "-MD"
            continue
        kept.append(word)
    return [*kept, "-fanalyzer", "-fdiagnostics-plain-output", "-o", "/dev/null"]


TOOLS = {"clang-tidy": tidy_command, "analyzer": analyzer_command}


def is_waived(path, number, name):
    """Of a warning of gcc, whose comments clang-tidy does not read."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()[max(number - 2, 0):number]
    marks = [WAIVER.search(line) for line in lines]
    return any(mark and mark[1] and name[2:] in mark[1].strip("()").split(",") and
               ("NOLINTNEXTLINE" in line) == (line is not lines[-1]) for mark, line in zip(marks, lines))


def settings_of(tool, root, path):
    """What else the findings depend on: the .clang-tidy of the root and of each folder on the way to the file."""
    settings = tool.encode()
    folder = os.path.dirname(path) if tool == "clang-tidy" else ""
    while folder.startswith(root):
        if os.path.exists(os.path.join(folder, ".clang-tidy")):
            with open(os.path.join(folder, ".clang-tidy"), "rb") as f:
                settings += f.read()
        folder = os.path.dirname(folder)
    return settings


def analyse(tool, root, build, known, entry):
    """A list of (place, text), or None when it was clean before."""
    path, folder, args = entry
    settings, text = settings_of(tool, root, path), preprocessed(args, folder)
    stamp = text and os.path.join(known, hashlib.sha256(settings + text).hexdigest())
    if stamp and os.path.exists(stamp):
        return None
    command = TOOLS[tool](path, build, args)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    lines = [m for m in map(FINDING.match, (done.stdout + done.stderr).splitlines()) if m]
    found = [(f"{os.path.normpath(os.path.join(folder, m[1]))}:{m[2]}", f"{m[3]} [{m[4]}]") for m in lines
             if not (tool == "analyzer" and is_waived(os.path.join(folder, m[1]), int(m[2]), m[4]))]
    if done.returncode and not lines:
        found = [(path, f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-400:]}")]
    if not found and stamp:
        with open(stamp, "w", encoding="utf-8") as f:
            f.write(path + "\n")
    return found


def waivers(root):
    """Places in our C files that waive a check: (place, fault or None, "(checks)")."""
    for top in ("src", "include", "tests"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as f:
                        for number, line in enumerate(f, 1):
                            mark = WAIVER.search(line)
                            if mark and "NOLINTEND" not in line:
                                good = mark[1] and mark[2] == ": " and len(mark[3].strip(" */")) > 8
                                yield f"{path}:{number}", None if good else "a waiver names its check and its reason", mark[1] or ""


def main():
    tool, root, build, *words = sys.argv[1:]
    started = time.monotonic()
    known = os.path.join(build, "static")
    os.makedirs(known, exist_ok=True)
    found, files, unchanged = {}, 0, 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for faults in pool.map(lambda entry: analyse(tool, root, build, known, entry), entries(root, build, words)):
            files += 1
            unchanged += faults is None
            for place, text in faults or []:
                if (place, text) not in found:
                    found[place, text] = True
                    print(f"{os.path.relpath(place, root)}: {text}", flush=True)
    waived = 0
    for place, fault, name in waivers(root):
        waived += fault is None and ("analyzer-" in name.replace("clang-analyzer-", "") if tool == "analyzer" else
                                     not name.startswith("(analyzer-"))
        if fault:
            found[place, fault] = True
            print(f"{os.path.relpath(place, root)}: {fault}")
    print(f"{tool}: {files} files ({unchanged} unchanged since they were clean), {len(found)} findings, "
          f"{waived} waived in place, {time.monotonic() - started:.0f} s")
    if not files:
        print("nothing was analysed", file=sys.stderr)
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
