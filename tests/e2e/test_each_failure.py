#!/usr/bin/python3
"""Every single question of a healthy domain fails once, in every way: the report must say so and say nothing else.

usage: test_each_failure.py BINARY [TEST...]

A zone file is recorded, one answer of the recording replaced by a failure, and the recording replayed: no finding but
those that say "unknown" may appear, and the audit must be incomplete, unless nothing is judged by that answer.
"""

import os
import sys
import tempfile
import tomllib

from tool import ROOT, Tests, Tool, slugs

test = Tests()

HERE = os.path.dirname(os.path.abspath(__file__))
ARGS = ("--selectors", "none", "-s", "s1", "--ip", "192.0.2.10", "--helo", "mail.example.com", "--mail-from",
        "bounce.example.com", "--now", "2026-11-20T12:00:00Z", "example.com")
OUTCOMES = ("SERVFAIL", "REFUSED", "TIMEOUT", "BOGUS", "MALFORMED", "NOT_ASKED", "OUT_OF_SOURCE")

# Asked for, but nothing is judged by them here: why.
UNJUDGED = {
    ("example.com", "SOA"): "no check of the zone yet",
    ("example.com", "NS"): "no check of the zone yet",
    ("example.com", "A"): "the domain has MX records",
    ("example.com", "AAAA"): "the domain has MX records",
    ("bounce.example.com", "A"): "the return path has MX records",
    ("bounce.example.com", "AAAA"): "the return path has MX records",
    ("bounce.example.com", "SPF"): "obsolete type: only the domain's own is judged",
    ("_dmarc.bounce.example.com", "TXT"): "DKIM makes DMARC pass whatever the return path belongs to",
}
# A zone file never holds the top-level domain: that step of the walk is taken for "no record".
ASSUMED = {("_dmarc.com", "TXT", "OUT_OF_SOURCE")} | {
    # DANE is optional: a recording from before it was asked about, or a zone file without the host, leave it unknown.
    (f"_25._tcp.{host}.example.com", "TLSA", outcome) for host in ("mail", "b") for outcome in ("NOT_ASKED", "OUT_OF_SOURCE")}


def inconclusive_slugs():
    rows = {}
    folder = os.path.join(ROOT, "data/catalogue")
    for name in os.listdir(folder):
        if name.endswith(".toml"):
            with open(os.path.join(folder, name), "rb") as f:
                rows.update(tomllib.load(f))
    return {slug for slug, row in rows.items() if row.get("inconclusive")}


def replay(tool, folder, lines):
    path = os.path.join(folder, "failure.rec")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return tool.audit("--replay", path, *ARGS)


@test
def each_question_fails(tool):
    may_appear = inconclusive_slugs()
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "healthy.rec")
        healthy = tool.audit("-z", os.path.join(HERE, "each_failure.zone"), "--record", recording, *ARGS)
        test.equal(healthy.status, 0, "the healthy domain")
        known = slugs(healthy.domains["example.com"])
        with open(recording, encoding="utf-8") as f:
            lines = [line for line in f.read().splitlines() if not line.startswith(("clock", "option", "audit"))]
        questions = [(i, *line.split()[1:3]) for i, line in enumerate(lines) if line.startswith("dns ")]
        test.check(len(questions) >= 30, "many questions")
        for i, name, kind in questions:
            for outcome in OUTCOMES:
                via = "" if outcome == "NOT_ASKED" else " via=192.0.2.53:53"
                broken = lines[:i] + [f"dns {name} {kind} {outcome}{via}"] + lines[i + 1:]
                result = replay(tool, folder, broken)
                new = slugs(result.domains["example.com"]) - known
                what = f"{name} {kind} {outcome}"
                test.equal(sorted(new - may_appear), [], f"{what}: findings that claim to know")
                complete = (name, kind) in UNJUDGED or (name, kind, outcome) in ASSUMED
                test.equal(result.status, 0 if complete else 3, f"{what}: exit status")


if __name__ == "__main__":
    sys.exit(test.run(Tool(sys.argv[1])))
