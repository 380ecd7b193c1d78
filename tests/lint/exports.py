#!/usr/bin/python3
"""The shared library exports what the installed headers declare and the version map names: no more, no less.

usage: exports.py SOURCE_ROOT SHARED_LIBRARY VERSION_MAP
"""

import os
import re
import subprocess
import sys

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def declared(root):
    names = set()
    folder = os.path.join(root, "include/domaincheck")
    for name in sorted(os.listdir(folder)):
        if name.endswith((".h", ".h.in")):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                text = COMMENT.sub("", f.read())
            # A prototype stands at the start of a line; "(*" of a function pointer does not match.
            names |= set(re.findall(r"^(?!typedef|static|#)[A-Za-z_][\w \t*]*?\b(dc_\w+)\s*\(", text, re.M))
            names |= set(re.findall(r"^extern [\w \t*]*?\b(dc_\w+)\s*[;\[]", text, re.M))
    return names


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in out.splitlines() if " A " not in line}


def mapped(path):
    with open(path, encoding="utf-8") as f:
        text = COMMENT.sub("", re.sub(r"^#.*$", "", f.read(), flags=re.M))
    body = text[text.index("global:"):]
    return set(re.findall(r"\b(dc_\w+)\s*;", body)), "local:" in text and re.search(r"local:\s*\*;", text)


def main():
    headers, library = declared(sys.argv[1]), exported(sys.argv[2])
    names, closed = mapped(sys.argv[3])
    faults = [f"{name}: exported but in no installed header" for name in sorted(library - headers)]
    faults += [f"{name}: declared but not exported" for name in sorted(headers - library)]
    faults += [f"{name}: in the version map but in no installed header" for name in sorted(names - headers)]
    faults += [f"{name}: declared but not in the version map" for name in sorted(headers - names)]
    faults += [f"{name}: not ours" for name in sorted(library) if not name.startswith("dc_")]
    faults += [] if closed else ["the version map has no \"local: *;\""]
    print("\n".join(faults + [f"{len(library)} exported functions, {len(faults)} faults"]))
    return 1 if faults or not library else 0


if __name__ == "__main__":
    sys.exit(main())
