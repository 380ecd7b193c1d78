#!/usr/bin/python3
"""Runs the examples of the documentation: every ```console block, each line that starts with "$ ".

What follows a command in the block must be its output (both streams), line by line; a line "..." stands for any number of
lines. A block after an HTML comment "<!-- not run: REASON -->" is left out. "domaincheck" is the one that was built.

usage: examples.py SOURCE_ROOT BUILD_ROOT FILE...
"""

import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"(<!-- not run: [^>]+ -->\n+)?```console\n(.*?)^```", re.M | re.S)


def commands(block):
    """Pairs of command and expected lines; a command goes on over lines that end in a backslash."""
    pairs, lines = [], block.split("\n")[:-1]
    while lines:
        line = lines.pop(0)
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command = command[:-1] + lines.pop(0).lstrip("> ")
            pairs.append((command, []))
        elif pairs:
            pairs[-1][1].append(line)
    return pairs


def matches(expected, got):
    """Both are lists of lines."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and expected[0].rstrip() == got[0].rstrip() and matches(expected[1:], got[1:])


def main():
    source, build, *files = sys.argv[1:]
    env = dict(os.environ, PATH=f"{build}:{os.environ['PATH']}", LC_ALL="C.UTF-8", COLUMNS="80")
    env.pop("NO_COLOR", None)
    ran = faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "docs", "tests"):
            os.symlink(f"{source}/{name}", f"{folder}/{name}")
        os.symlink(build, f"{folder}/build")
        for file in files:
            with open(f"{source}/{file}", encoding="utf-8") as f:
                text = f.read()
            for skipped, block in BLOCK.findall(text):
                for command, expected in [] if skipped else commands(block):
                    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, timeout=60,
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    got = done.stdout.decode().splitlines()
                    ran += 1
                    if not matches(expected, got):
                        faults += 1
                        print(f"{file}: $ {command}\n--- documented\n" + "\n".join(expected) + "\n--- printed\n" +
                              "\n".join(got))
    print(f"{ran} examples, {faults} faults")
    sys.exit(faults > 0 or ran == 0)


main()
