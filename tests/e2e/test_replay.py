#!/usr/bin/python3
"""Live, recorded, replayed: the same report, byte for byte.

usage: test_replay.py BINARY [TEST...]
"""

import os
import sys
import tempfile

from lab import Lab
from tool import Tests, Tool

test = Tests()
NOW = ("--now", "2026-11-20T12:00:00Z")
SETS = {
    "healthy": ["-s", "rsa,ed", "--ip", "192.0.2.12,2001:db8::10", "--helo", "out.own-server.example", "own-server.example"],
    "many": ["google-like.example", "microsoft-like.example", "ses-like.com", "two-spf.example", "lookups.example",
             "include-loop.example", "many-terms.example", "huge-txt.example", "cname-chain.example", "dname.example",
             "no-such-name.example", "wildcard.example", "b\u00fccher.example"],
    "dkim": ["-s", "rsa1024,rsa512,revoked,broken,cut,testing,sha1,nop,two,alias,good", "dkim-lab.example"],
    "killer": ["spf-killer.example"],
    "bogus": ["bogus.example", "expired.example", "unsigned.example", "lame.example"],
}


def same(tool, what, folder, *args):
    recording = os.path.join(folder, what)
    for form in ("json", "text"):
        live = tool(*NOW, "-f", form, "--record", recording, *args)
        test.check(live.status in (0, 1, 3), f"{what} {form}: {live}")
        names = [arg for arg in SETS[what.split("-")[0]]]
        replayed = tool(*NOW, "-f", form, "--replay", recording, *names)
        test.equal(replayed.status, live.status, f"{what} {form}: exit status")
        test.check(replayed.out == live.out and live.out, f"{what} {form}: the replayed report differs" + first_difference(
            live.out, replayed.out))


def first_difference(a, b):
    for x, y in zip(a.splitlines(), b.splitlines()):
        if x != y:
            return f":\n      live    {x[:200]}\n      replay  {y[:200]}"
    return ""


@test
def live_equals_replay(tool, lab, folder):
    for what, args in SETS.items():
        same(tool, what, folder, *lab.options(), *args)


@test
def failures_are_recorded_too(tool, lab, folder):
    for trouble in ("servfail", "refused", "dead", "servfail-dmarc", "drop-txt"):
        same(tool, f"healthy-{trouble}", folder, *lab.options(trouble), "--timeout", "0.4", "--retries", "1",
             *SETS["healthy"])


@test
def zones_can_be_recorded(tool, lab, folder):
    recording = os.path.join(folder, "zone")
    zone = lab.path("own-server.example.zone")
    live = tool.audit(*NOW, "-z", zone, "--record", recording, *SETS["healthy"])
    replayed = tool.audit(*NOW, "--replay", recording, *SETS["healthy"])
    test.check(live.out == replayed.out and live.out, "a zone recorded and replayed")


@test
def an_older_recording(tool, lab, folder):
    """Questions that were never asked are not missing: without its DMARC answers a recording is incomplete."""
    recording = os.path.join(folder, "old")
    tool.audit(*NOW, *lab.options(), "--record", recording, *SETS["healthy"])
    with open(recording, encoding="utf-8") as f:
        lines = [line for line in f if "_dmarc" not in line]
    with open(recording, "w", encoding="utf-8") as f:
        f.writelines(lines)
    result = tool.audit(*NOW, "--replay", recording, *SETS["healthy"])
    test.equal(result.status, 3, f"exit status: {result.err}")
    dmarc = {c["verdict"] for c in result.domains["own-server.example"]["checks"] if c["id"].startswith("dmarc-")}
    test.check("inconclusive" in dmarc and "fail" not in dmarc, f"DMARC checks: {dmarc}")


if __name__ == "__main__":
    with Lab() as running, tempfile.TemporaryDirectory(prefix="domaincheck-replay-") as place:
        sys.exit(test.run(Tool(sys.argv[1]), running, place))
