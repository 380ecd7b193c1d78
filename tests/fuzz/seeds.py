#!/usr/bin/python3
"""Makes inputs of the judge from the cases: a recording each, with the options that the case is run with.

usage: seeds.py BINARY CASES-FOLDER TARGET-FOLDER

A case with a recording alone is copied, with option and audit lines in front; one with a zone is audited and recorded. Cases
whose audit needs more than that (a key, a message, a baseline) are left out.
"""

import os
import subprocess
import sys

SUBCOMMANDS = ("message", "explain", "checks")
SWITCHES = ("parked", "no-fetch", "allow-private", "blocklists", "dnssec", "authority")
SHORT = {"-s": "selector", "-p": "profile"}
VALUES = ("selector", "selectors", "ip", "helo", "mail-from", "dkim-domain", "what-if", "probe", "submission", "profile", "set", "fail-on",
          "now")


def word(text):
    safe = text and text != "-" and all(" " < c <= "~" and c not in '"\\{}' for c in text)
    return text if safe else '"' + "".join("\\" + c if c in '"\\' else c for c in text) + '"'


def read(path):
    with open(path, "rb") as file:
        return file.read()


def lines_of(args, folder):
    """Option and audit lines; None: there is an argument that a recording does not carry."""
    out, names, rest = [], [], list(args)
    while rest:
        arg = rest.pop(0)
        name, equals, value = arg.partition("=")
        name = SHORT.get(name, name[2:] if name.startswith("--") else name)
        if not arg.startswith("-"):
            names.append(arg)
        elif name in SWITCHES:
            out.append(f"option {name} yes")
        elif name.startswith("no-") and name[3:] in SWITCHES:
            out.append(f"option {name[3:]} no")
        elif name in VALUES:
            out.append(f"option {name} {word(value if equals else rest.pop(0))}")
        elif arg in ("-c", "--config"):
            octets = read(os.path.join(folder, rest.pop(0)))
            out.append('option manifest "' + "".join("\\%03d" % c if c < 32 or c > 126 or c in b'"\\' else chr(c) for c in octets) + '"')
        else:
            return None
    return [line.encode() for line in out + [f"audit {name} elapsed_ms=1 rounds=1 questions=1" for name in names if name.isascii()]]


def seed(binary, folder, target):
    files = os.listdir(folder)
    args = read(os.path.join(folder, "args")).decode().splitlines() if "args" in files else []
    if args and args[0] in SUBCOMMANDS:
        return False
    if "zone" in files and "recording" not in files:
        command = [binary, "-z", "zone", "--record", target, "-f", "lint", *args]
        if "--now" not in args:
            command += ["--now", "2026-11-20T12:00:00Z"]
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return os.path.exists(target)
    lines = lines_of(args, folder)
    if "recording" not in files or lines is None:
        return False
    head, _, rest = read(os.path.join(folder, "recording")).partition(b"\n")
    with open(target, "wb") as file:
        file.write(b"\n".join([head, *lines, rest]))
    return True


def main():
    binary, cases, target = (os.path.abspath(path) for path in sys.argv[1:4])
    os.makedirs(target, exist_ok=True)
    made = 0
    for folder, folders, files in os.walk(cases):
        folders.sort()
        if "args" in files or "findings" in files:
            name = os.path.relpath(folder, cases).replace("/", "-")
            made += seed(binary, folder, os.path.join(target, name))
    print(f"{made} inputs")
    return 0 if made else 1


if __name__ == "__main__":
    sys.exit(main())
