#!/usr/bin/python3
"""What the eye should not have to check: blanks, head comments, header guards, doc comments on public functions.

usage: style.py SOURCE_ROOT
"""

import os
import re
import subprocess
import sys

WIDTH = 140  # columns, a tab is eight; code keeps to 120, the comment behind a member may stand out
TEXT = (".c", ".h", ".py", ".md", ".toml", ".build", ".sh", ".yml", ".yaml", ".json", ".map")
# Files where blanks at the end of a line or long lines mean something: test data and generated or measured tables
DATA = ("tests/cases/", "tests/conformance/", "tests/fuzz/corpus/", "data/", "demo/")
# A declaration of a function at the start of a line, up to its bracket
FUNCTION = re.compile(r"^(?!static|typedef|extern \"C\"|return|struct dc_\w+ \{)[A-Za-z_][\w \t*]*?\b(dc_\w+)\(", re.M)


def tracked(root):
    """Files of the project, or everything outside build folders when there is no git."""
    done = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if done.returncode == 0:
        return sorted(set(done.stdout.splitlines()))
    out = []
    for at, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "build")))
        out += [os.path.relpath(os.path.join(at, name), root) for name in sorted(files)]
    return out


def check_text(path, text):
    faults = []
    if text and not text.endswith("\n"):
        faults.append(f"{path}: no newline at the end")
    if text.endswith("\n\n"):
        faults.append(f"{path}: blank lines at the end")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip(" \t\r"):
            faults.append(f"{path}:{number}: blanks at the end of the line")
        if path.endswith((".c", ".h")) and len(line.expandtabs(8)) > WIDTH:
            faults.append(f"{path}:{number}: {len(line.expandtabs(8))} columns")
        if path.endswith((".c", ".h")) and line.startswith("    "):
            faults.append(f"{path}:{number}: indented with blanks")
    return faults


def check_guard(path, text):
    """src/dns/name.h has DC_DNS_NAME_H, include/domaincheck/x.h DOMAINCHECK_X_H."""
    words = re.sub(r"\.h$", "", path).split("/")[1:]
    if path.startswith("src/"):
        words.insert(0, "dc")
    elif len(words) > 1 and words[-1] == words[-2]:
        words.pop()  # domaincheck/domaincheck.h
    guard = "_".join(words).upper().replace("-", "_") + "_H"
    if f"#ifndef {guard}\n#define {guard}\n" not in text:
        return [f"{path}: no guard {guard}"]
    return []


def check_docs(path, text):
    """Each function of an installed header has a comment: right above, or at the head of its block of lines."""
    lines = text.split("\n")
    faults = []
    for match in FUNCTION.finditer(text):
        number = first = text.count("\n", 0, match.start())
        while first > 0 and lines[first - 1].strip():
            first -= 1
        if not lines[first].startswith("/*") and not lines[number - 1].endswith("*/"):
            faults.append(f"{path}:{number + 1}: {match[1]} has no doc comment")
    return faults


def main():
    root = sys.argv[1]
    faults, count = [], 0
    for path in tracked(root):
        full = os.path.join(root, path)
        if not path.endswith(TEXT) or path.startswith(DATA) or not os.path.isfile(full):
            continue
        count += 1
        with open(full, encoding="utf-8") as f:
            text = f.read()
        faults += check_text(path, text)
        if path.endswith((".c", ".h")) and not text.startswith("/* "):
            faults.append(f"{path}: no head comment")
        if path.endswith(".py") and '"""' not in text[:200]:
            faults.append(f"{path}: no head comment")
        if path.endswith(".h") and path.startswith(("src/", "include/")) and path != "src/checks/registry.h":
            faults += check_guard(path, text)
        if path.startswith("include/"):
            faults += check_docs(path, text)
    print("\n".join(faults + [f"{count} files, {len(faults)} faults"]))
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
