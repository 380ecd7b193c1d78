#!/usr/bin/python3
"""Is what is installed hardened? Asked of the built files, not of the flags they should have been built with.

usage: hardening.py FOLDER_OF_OBJECTS BINARY...

Each binary: position-independent, all relocations read-only before main (full RELRO), no executable stack, no segment both
writable and executable, no text relocations, stack protector and fortified calls used. Each object of ours on x86-64:
marked for CET (the binary as a whole is so only where the distribution's C runtime is).
"""

import os
import platform
import re
import subprocess
import sys


def readelf(flags, path):
    done = subprocess.run(["readelf", "-W", flags, path], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def faults_of(path):
    header, segments, dynamic, symbols = readelf("-h", path), readelf("-l", path), readelf("-d", path), readelf("-s", path)
    imports = set(re.findall(r"\bUND\s+(\w+)", symbols))
    rows = re.findall(r"^\s+([A-Z_]+)\s+0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ (.{3})", segments, re.M)
    stack = [flags for kind, flags in rows if kind == "GNU_STACK"]
    if not re.search(r"Type:\s+DYN", header):
        yield "is not position-independent"
    if not any(kind == "GNU_RELRO" for kind, _ in rows):
        yield "has no RELRO segment"
    if not re.search(r"\(FLAGS\).*\bBIND_NOW\b|\(FLAGS_1\).*\bNOW\b", dynamic):
        yield "binds lazily: its relocation table stays writable"
    if stack != ["RW "]:
        yield f"has a stack marked {stack}"
    for kind, flags in rows:
        if "W" in flags and "E" in flags:
            yield f"has a segment {kind} that is both writable and executable"
    if "(TEXTREL)" in dynamic:
        yield "has text relocations"
    if "__stack_chk_fail" not in imports:
        yield "uses no stack protector"
    if not any(name.endswith("_chk") and name != "__stack_chk_fail" for name in imports):
        yield "has no fortified call"


def objects(folder):
    for path, _, files in os.walk(folder):
        for name in files:
            if name.endswith(".o"):
                yield os.path.join(path, name)


def main():
    folder, binaries = sys.argv[1], sys.argv[2:]
    faults = [f"{path}: {fault}" for path in binaries for fault in faults_of(path)]
    count = 0
    if platform.machine() == "x86_64":
        for path in objects(folder):
            count += 1
            notes = readelf("-n", path)
            for mark in ("IBT", "SHSTK"):
                if mark not in notes:
                    faults.append(f"{path}: not marked {mark}")
        if not count:
            faults.append(f"{folder}: no objects there")
    print("\n".join(faults) or f"{len(binaries)} binaries and {count} objects are hardened")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
