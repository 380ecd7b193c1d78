#!/usr/bin/python3
"""A launch as a user has it: a manifest of five domains at three providers, live servers, one command that says go or no-go
and writes what every reader of a pipeline wants; then waivers, a baseline and what changed overnight.

usage: test_launch.py BINARY [TEST...]
"""

import json
import re
import sys
import tempfile

from lab import Lab
from tool import ROOT, Tests, Tool

sys.path.insert(0, f"{ROOT}/tests/schema")
import ci  # noqa: E402

test = Tests()
NOW = "2026-11-20T12:00:00Z"
DOMAINS = ["google-like.example", "microsoft-like.example", "ses-like.com", "own-server.example", "parked.example"]
MANIFEST = """version: 1
defaults:
  thresholds: {fail-on: error}
campaigns:
  launch:
    profiles: [baseline, google]
    domains:
      google-like.example:
        provider: google
        selectors: google
        dmarc: {policy: reject}
      microsoft-like.example:
        provider: microsoft365
        selectors: [selector1, selector2]
        dmarc: {policy: reject, since: 2026-12-01}
      ses-like.com:
        senders:
          - provider: amazonses
            mail-from: bounce.ses-like.com
            selectors: [token1, token2]
      own-server.example:
        selectors: [rsa, ed]
        ips: [192.0.2.10]
        helo: mx1.own-server.example
domains:
  parked.example:
    role: parked
    profiles: parked
"""


class Launch:
    def __init__(self, tool, lab):
        self.tool, self.lab = tool, lab
        self.dir = tempfile.TemporaryDirectory()
        self.root = self.dir.name

    def write(self, name, text):
        with open(f"{self.root}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        return name

    def read(self, name):
        with open(f"{self.root}/{name}", encoding="utf-8") as f:
            return f.read()

    def __call__(self, *args, manifest=MANIFEST, now=NOW):
        self.write("domaincheck.yaml", manifest)
        return self.tool("-c", "domaincheck.yaml", "--now", now, *self.lab.options(), *args, cwd=self.root)


@test
def one_command(launch):
    pairs = [part for name in ci.READERS for part in ("-f", name, "-o", name)]
    done = launch("-f", "text", *pairs, "-f", "json", "-o", "json", "-f", "markdown", "-o", "markdown")
    go = re.findall(r"^(GO|NO-GO|HOLD) +(\S+)", done.out, re.M)
    test.equal((done.status, sorted(go)), (0, sorted(("GO", name) for name in DOMAINS)), f"go for all: {done.err}")
    for name, reader in ci.READERS.items():
        test.equal(list(reader(launch.read(name)))[:3], [], name)
    report = json.loads(launch.read("json"))
    test.equal([domain["domain"] for domain in report["domains"]], DOMAINS, "in the order of the manifest")
    test.equal(list(launch.tool.validator(report))[:3], [], "the schema of reports")
    lines = MANIFEST.splitlines()
    for issue in json.loads(launch.read("gitlab")):
        line = lines[issue["location"]["lines"]["begin"] - 1].strip()
        test.check(issue["location"]["path"] == "domaincheck.yaml" and issue["description"].startswith(line), f"{issue['location']} {line}")


@test
def no_go(launch):
    """What the manifest says and DNS does not: a selector, a provider, an address, a policy behind its date."""
    cases = {
        "dkim-selector-missing": ("selectors: google", "selectors: [google, autumn]"),
        "declared-provider-unexpected": ("provider: microsoft365", "provider: sendgrid"),
        "alignment-sender-not-authorised": ("ips: [192.0.2.10]", "ips: [192.0.2.10, 198.51.100.99]"),
        "declared-policy-weaker": ("since: 2026-12-01", "since: 2026-11-01"),
    }
    for slug, (old, new) in cases.items():
        assert old in MANIFEST
        done = launch("-f", "json", manifest=MANIFEST.replace(old, new))
        found = {finding["id"] for domain in done.report["domains"] for finding in domain["findings"] if finding["severity"] != "notice"}
        test.check(any(one.startswith(slug) for one in found), f"{slug}: {sorted(found)}")
    done = launch("-f", "junit", manifest=MANIFEST.replace(*cases["dkim-selector-missing"]))
    test.equal((done.status, list(ci.junit(done.out)), 'file="domaincheck.yaml" line="8"' in done.out), (1, [], True), "junit points at the entry")
    typo = launch(manifest=MANIFEST.replace("selectors: google", "selektors: google"))
    test.equal((typo.status, typo.out), (2, ""), "a typing error")
    test.check("domaincheck.yaml:10:9:" in typo.err and '"selectors"' in typo.err, typo.err)


@test
def a_waiver_has_an_end(launch):
    broken = MANIFEST.replace("selectors: google", "selectors: [google, autumn]")
    waived = broken.replace("        dmarc: {policy: reject}\n", "        dmarc: {policy: reject}\n        waivers:\n          - "
                            "{slug: dkim-selector-missing, subject: 'autumn.*', reason: comes with the launch, expires: 2026-11-30}\n", 1)
    test.equal(launch("-q", manifest=broken).status, 1, "broken")
    done = launch("-f", "json", manifest=waived)
    finding, = [f for f in done.report["domains"][0]["findings"] if f["id"] == "dkim-selector-missing"]
    test.equal((done.status, bool(finding.get("waived"))), (0, True), "accepted, and shown")
    late = launch("-f", "json", manifest=waived, now="2026-12-01T00:00:00Z")
    slugs = {f["id"] for f in late.report["domains"][0]["findings"] if not f.get("waived")}
    test.equal((late.status, {"policy-waiver-expired", "dkim-selector-missing"} <= slugs), (1, True), "past its day the run fails")


@test
def overnight(launch):
    """What was recorded yesterday, and an answer of a vendor that is another one today, and one that does not come."""
    launch("--record", "monday", "-q")
    monday = launch.read("monday")
    old = "dns _spf.google.com TXT ANSWER"
    line, = [line for line in monday.splitlines() if line.startswith(old)]
    test.check("v=spf1 " in line, line)
    launch.write("tuesday", monday.replace(line, line.replace("v=spf1 ", "v=spf1 ip4:203.0.113.0/24 ")))
    launch.write("silent", monday.replace(line, "dns _spf.google.com TXT TIMEOUT"))
    same = launch.tool("diff", "monday", "monday", cwd=launch.root)
    test.equal((same.status, "0 changed, 5 the same" in same.out), (0, True), same.out)
    changed = launch.tool("diff", "-f", "json", "monday", "tuesday", cwd=launch.root).report
    domain, = [d for d in changed["domains"] if d["records"]]
    test.equal((domain["domain"], [r["message"] for r in domain["records"]]),
               ("google-like.example", ["_spf.google.com added 203.0.113.0/24"]), "whose record it was")
    silent = launch.tool("diff", "monday", "silent", cwd=launch.root)
    test.equal((silent.status, "_spf.google.com could not be determined now" in silent.out), (3, True), silent.out)
    launch("-f", "json", "-o", "known.json", manifest=MANIFEST.replace("selectors: google", "selectors: [google, autumn]"))
    known = launch("-q", "--baseline", "known.json", manifest=MANIFEST.replace("selectors: google", "selectors: [google, autumn]"))
    test.equal(known.status, 0, "a baseline accepts what was there")
    fresh = launch("-q", "--baseline", "known.json", manifest=MANIFEST.replace("selectors: google", "selectors: [google, autumn, winter]"))
    test.equal(fresh.status, 1, "and nothing more")


if __name__ == "__main__":
    with Lab(spoil=False) as running:
        sys.exit(test.run(Launch(Tool(sys.argv[1]), running)))
