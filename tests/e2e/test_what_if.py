#!/usr/bin/python3
"""--what-if changes what it should, and nothing else: a recording is replayed with it and without.

usage: test_what_if.py BINARY [TEST...]
"""

import os
import sys
import tempfile

from tool import Tests, Tool

test = Tests()

HERE = os.path.dirname(os.path.abspath(__file__))
ARGS = ("--selectors", "none", "-s", "s1", "--ip", "192.0.2.10,203.0.113.9", "--mail-from", "bounce.example.com",
        "--now", "2026-11-20T12:00:00Z")
ONLY = {"alignment-what-if"}


def differences(a, b, path=""):
    """Paths of what differs between two JSON values."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key), b.get(key), f"{path}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}/{i}")
    elif a != b:
        yield path


@test
def nothing_else_changes(tool):
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "rec")
        tool.audit("-z", os.path.join(HERE, "each_failure.zone"), "--record", recording, *ARGS, "example.com")
        today = tool.audit("--replay", recording, *ARGS, "example.com").domains["example.com"]
        for tags in ("p=none", "p=none; aspf=s", "sp=none; np=none", "t=y", "rua=", "adkim=s", "p=reject"):
            changed = tool.audit("--replay", recording, *ARGS, "--what-if", tags, "example.com").domains["example.com"]
            extra = [f for f in changed["findings"] if f["id"] in ONLY]
            changed["findings"] = [f for f in changed["findings"] if f["id"] not in ONLY]
            requirements = {f["fingerprint"] for f in extra}
            paths = set(differences(today, changed))
            wrong = [path for path in paths if "/what_if" not in path and not path.startswith("/profiles")]
            test.equal(wrong, [], f"{tags}: changes beside what-if")
            test.check("/facts/dmarc/what_if" in paths, f"{tags}: the changed policy is told")
            moved = [i["ip"] for i in changed["facts"]["identities"] if i["disposition"] != i["what_if"]["disposition"]]
            test.equal(sorted(f["subject"] for f in extra), sorted(moved), f"{tags}: every sender with another fate is told")
            test.equal(len(requirements), len(moved), f"{tags}: each once")


@test
def policies(tool):
    zone = os.path.join(HERE, "each_failure.zone")
    for tags, expected in (("p=none", ("none", "quarantine", "quarantine")), ("sp=", ("reject", "reject", "reject")),
                           ("sp=none;np=reject", ("reject", "none", "reject")), ("t=y", ("quarantine", "none", "none")),
                           ("psd=n", ("reject", "quarantine", "quarantine"))):
        domain = tool.audit("-z", zone, *ARGS, "--what-if", tags, "example.com").domains["example.com"]
        view = domain["facts"]["dmarc"]["what_if"]
        have = view["effective_policy"], view["subdomain_policy"], view["np_policy"]
        test.equal(have, expected, tags)


if __name__ == "__main__":
    sys.exit(test.run(Tool(sys.argv[1])))
