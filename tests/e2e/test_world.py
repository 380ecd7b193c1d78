#!/usr/bin/python3
"""Every domain of the world gets the verdict and the findings that its records deserve, over live DNS.

usage: test_world.py BINARY [--update]

world/expected.txt has one block an audit: "[VERDICT] ARGUMENTS", then the findings. --update rewrites it: read the
difference, each line is a claim about the records in world/*.world.
"""

import difflib
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from lab import HERE, Lab
from tool import Tool, finding_lines

EXPECTED = os.path.join(HERE, "world/expected.txt")
NOW = ("--now", "2026-11-20T12:00:00Z")


def read_expected():
    """[(arguments, verdict, findings)]"""
    blocks = []
    with open(EXPECTED, encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("["):
                verdict, _, args = line[1:].partition("] ")
                blocks.append((args, verdict, []))
            elif line and not line.startswith("#"):
                blocks[-1][2].append(line)
    return blocks


def head():
    with open(EXPECTED, encoding="utf-8") as f:
        return "".join(line for line in f.read().splitlines(True) if line.startswith("#"))


def audit(tool, lab, args):
    """(verdict, findings, faults)"""
    result = tool("-f", "json", *NOW, *lab.options(), *args.split())
    if result.status not in (0, 1, 3):
        return "none", [], [str(result)]
    domain = result.report["domains"][0]
    faults = [f"schema: {fault}" for fault in tool.validator(result.report)]
    want = {"pass": 0, "fail": 1, "incomplete": 3}[domain["verdict"]]
    if result.status != want:
        faults.append(f"verdict {domain['verdict']} with exit status {result.status}")
    return domain["verdict"], finding_lines(domain), faults


def main():
    tool, blocks = Tool(sys.argv[1]), read_expected()
    with Lab(spoil=False) as lab, ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda block: audit(tool, lab, block[0]), blocks))
    if "--update" in sys.argv:
        comments = head()
        with open(EXPECTED, "w", encoding="utf-8") as f:
            f.write(comments)
            for (args, _, _), (verdict, findings, _) in zip(blocks, done):
                f.write(f"\n[{verdict}] {args}\n" + "".join(line + "\n" for line in findings))
        return 0
    failed = 0
    for (args, verdict, findings), (have, lines, faults) in zip(blocks, done):
        if verdict != have:
            faults.append(f"verdict {have}, expected {verdict}")
        faults += difflib.unified_diff(findings, lines, "expected", "now", lineterm="", n=0)
        if faults:
            failed += 1
            print(f"FAIL {args}")
            print("".join(f"    {fault}\n" for fault in faults), end="")
    print(f"{len(blocks) - failed} of {len(blocks)} audits as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
