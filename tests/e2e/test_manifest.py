#!/usr/bin/python3
"""A manifest gates a launch: five domains at three providers, as docs/campaigns.md builds it; then everything that goes
with --config: some of its domains, lists, recordings, parts, threads, decisions, live DNS.

usage: test_manifest.py BINARY [TEST...]
"""

import json
import os
import re
import subprocess
import sys
import tempfile

from lab import Lab
from tool import ROOT, Tests, Tool, slugs

test = Tests()
NOW = ("--now", "2026-11-20T12:00:00Z")
EXAMPLE = os.path.join(ROOT, "docs/examples/campaign")
MANIFEST, ZONE = os.path.join(EXAMPLE, "domaincheck.yaml"), os.path.join(EXAMPLE, "dns.zone")
DOMAINS = ["shop.example", "go.shop.example", "orders.example", "help.example", "shop-sale.example"]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def changed(folder, *changes):
    """The example's zone with lines taken out or changed: (pattern, replacement)."""
    text = read(ZONE)
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text, flags=re.M)
        assert count == 1, pattern
    return write(folder, "changed.zone", text)


@test
def go(tool, folder):
    result = tool.audit("-c", MANIFEST, "-z", ZONE, *NOW)
    test.equal((result.status, result.err), (0, ""), "a healthy DNS")
    test.equal([d["domain"] for d in result.report["domains"]], DOMAINS, "all domains, in the order of the file")
    test.check(all(d["verdict"] == "pass" for d in result.report["domains"]), "each passes")
    lines = tool("-c", MANIFEST, "-z", ZONE, *NOW, "-q").out.splitlines()
    test.equal([line.split() for line in lines], [["GO", d] for d in DOMAINS], "five times GO")


@test
def what_was_declared_is_in_the_report(tool, folder):
    domains = tool.audit("-c", MANIFEST, "-z", ZONE, *NOW).domains
    shop = domains["shop.example"]["declared"]
    test.equal((shop["campaign"], shop["role"], shop["policy"], shop["line"]), ("autumn-sale", "sending", "reject", 12), "shop")
    test.equal([(s["provider"], s["mail_from"], s["selectors"]) for s in shop["senders"]],
               [("sendgrid", "em.shop.example", ["s1", "s2"]), ("google", None, ["google"])], "its senders")
    test.equal([(i["provider"], i["mail_from"], i["dkim"], i["dmarc"]) for i in domains["shop.example"]["facts"]["identities"]],
               [("sendgrid", "em.shop.example", "pass", "pass"), ("google", "shop.example", "pass", "pass")], "identities")
    test.equal(domains["go.shop.example"]["declared"]["tracking"],
               [{"host": "go.shop.example", "target": "sendgrid.net", "cname": "links.sendgrid.net", "resolves": True,
                 "leads_there": True, "certificate": None}], "the tracking host")
    test.equal([p["id"] for p in domains["shop-sale.example"]["profiles"]], ["baseline", "parked"], "profiles of a domain")
    test.equal(domains["help.example"]["declared"]["campaign"], None, "a domain of no campaign")


# What is done to the zone, and which domain says what then
NO_GO = [
    ((r"^s1\._domainkey.*\n", ""), "shop.example", "dkim-selector-missing"),
    ((r"^(go\.shop\.example\. CNAME ).*", r"\1t.gone.example."), "go.shop.example", "declared-tracking-dangling"),
    ((r"^(go\.shop\.example\. CNAME ).*", r"\1smtp.google.com."), "go.shop.example", "declared-tracking-elsewhere"),
    ((r"^(em\.shop\.example\. CNAME ).*", r"\1smtp.google.com."), "shop.example", "declared-return-path-elsewhere"),
    ((r"^(_dmarc\.shop\.example\. TXT .*)p=reject", r"\1p=none"), "shop.example", "declared-policy-weaker"),
    ((r"^(shop\.example\. TXT .*)-all", r"\1include:spf.mtasv.net -all"), "shop.example", "declared-provider-unexpected"),
    ((r"^bounce\.orders\.example\. TXT.*\n", ""), "orders.example", "spf-return-path-missing"),
    ((r"^bounce\.orders\.example\. MX.*\n", ""), "orders.example", "mx-return-path-dead"),
    ((r"^help\.example\. MX.*\n", ""), "help.example", "declared-inbound-deaf"),
    ((r"^(help\.example\. TXT .*)-all", r"\1ip4:192.0.2.9 -all"), "help.example", "declared-role-sends"),
    ((r"^(shop-sale\.example\. TXT .*)-all", r"\1ip4:192.0.2.9 -all"), "shop-sale.example", "parked-spf"),
    ((r"^(shop-sale\.example\. MX ).*", r"\1 1 smtp.google.com."), "shop-sale.example", "parked-mx"),
]


@test
def no_go(tool, folder):
    for change, domain, slug in NO_GO:
        result = tool.audit("-c", MANIFEST, "-z", changed(folder, change), *NOW)
        verdicts = {d["domain"]: d["verdict"] for d in result.report["domains"]}
        test.equal(result.status, 1 if slug != "declared-provider-unexpected" else result.status, f"{slug}: exit status")
        test.check(slug in slugs(result.domains[domain]), f"{slug}: {slugs(result.domains[domain])}")
        test.equal([d for d in DOMAINS if verdicts[d] == "fail"],
                   ["shop.example", "go.shop.example"] if slug == "declared-policy-weaker" else [domain], f"{slug}: who fails")


@test
def hold(tool, folder):
    """The providers' records cannot be had: nothing is wrong, and nothing is sure."""
    zone = write(folder, "alone.zone", read(ZONE).split("; ---- the providers")[0])
    result = tool("-c", MANIFEST, "-z", zone, *NOW, "-q")
    test.equal(result.status, 3, "exit status")
    test.check(re.search(r"^HOLD +shop\.example ", result.out, re.M), result.out)


@test
def some_of_its_domains(tool, folder):
    one = tool.audit("-c", MANIFEST, "-z", ZONE, *NOW, "orders.example", "SHOP.example.")
    test.equal(list(one.domains), ["orders.example", "shop.example"], "those that were asked for")
    test.check("declared-policy-ahead" in slugs(one.domains["orders.example"]), "with what is declared")
    campaign = tool.audit("-c", MANIFEST, "-z", ZONE, *NOW, "--campaign", "autumn-sale")
    test.equal(list(campaign.domains), DOMAINS[:3], "a campaign")
    stdin = tool.audit("-c", MANIFEST, "-z", ZONE, *NOW, "-", stdin="help.example\n# none\n")
    test.equal(list(stdin.domains), ["help.example"], "a list on standard input")
    whole = tool.audit("-c", MANIFEST, "-z", ZONE, *NOW, stdin="never.example\n")
    test.equal(list(whole.domains), DOMAINS, "standard input is not read when nobody asks for it")


@test
def others(tool, folder):
    """A name that is not in it is a slip, and must not pass for a healthy domain."""
    result = tool("-c", MANIFEST, "-z", ZONE, *NOW, "shopp.example")
    test.equal((result.status, result.out), (2, ""), "an argument")
    test.equal(result.err, f"domaincheck: shopp.example is not in {MANIFEST}: did you mean shop.example?\n", "its line")
    result = tool("-c", MANIFEST, "-z", ZONE, *NOW, "-q", "-i", "-", stdin="help.example\nelsewhere.example\n")
    test.equal(result.status, 2, "in a list")
    test.check("GO     help.example" in result.out and "standard input:2: elsewhere.example is not in" in result.err, str(result))
    result = tool("-c", MANIFEST, "-z", ZONE, *NOW, "--campaign", "autumn-sale", "help.example")
    test.check(result.status == 2 and "not in the campaign" in result.err, str(result))
    result = tool("-c", MANIFEST, "--campaign", "autum-sale")
    test.check(result.status == 2 and 'did you mean "autumn-sale"?' in result.err, str(result))
    result = tool("--campaign", "autumn-sale", "shop.example")
    test.check(result.status == 2 and "--campaign needs a manifest" in result.err, str(result))
    result = tool("-c", MANIFEST, "-c", MANIFEST)
    test.check(result.status == 2 and "a run has one manifest" in result.err, str(result))
    for option in (("-s", "s1"), ("--ip", "192.0.2.1"), ("--helo", "a.example"), ("--mail-from", "a.example"),
                   ("--dkim-domain", "a.example"), ("--parked",)):
        result = tool("-c", MANIFEST, "-z", ZONE, *option)
        test.check(result.status == 2 and "and --config: write it into the manifest" in result.err, str(result))
    result = tool("message", "-c", MANIFEST, "-", stdin="From: a@shop.example\n\nx\n")
    test.check(result.status == 2 and "--config does not go with a message" in result.err, str(result))


@test
def recorded_and_replayed(tool, folder):
    """The recording carries the manifest: nothing else is needed to say the same."""
    recording = os.path.join(folder, "r")
    zone = changed(folder, NO_GO[0][0])
    for form in ("json", "ndjson", "text", "lint"):
        live = tool("-c", MANIFEST, "-z", zone, *NOW, "-f", form, "--record", recording)
        replay = tool("--replay", recording, "-f", form)
        test.check(live.out and live.out == replay.out, f"{form}: the same report")
        test.equal((replay.status, replay.err), (live.status, live.err), f"{form}: the same end")
    live = tool("-c", MANIFEST, "-z", zone, *NOW, "-f", "json", "--record", recording, "help.example", "shop.example")
    test.equal(tool("--replay", recording, "-f", "json").out, live.out, "some of its domains, in another order")
    other = write(folder, "other.yaml", "domains: {shop.example: {role: parked}}\n")
    replay = tool.audit("--replay", recording, "-c", other)
    test.equal(list(replay.domains), ["shop.example"], "another manifest in its place: its domains")
    test.check("parked-spf" in slugs(replay.domains["shop.example"]), "and what it declares")
    plain = os.path.join(folder, "plain")
    tool("-z", ZONE, *NOW, "-s", "s1", "shop.example", "--record", plain)
    replay = tool.audit("--replay", plain, "-c", MANIFEST, "shop.example")
    test.check("declared" in replay.domains["shop.example"], "a recording without a manifest, and one beside it")


@test
def parts_and_threads(tool, folder):
    whole = tool("-c", MANIFEST, "-z", ZONE, *NOW, "-f", "ndjson")
    lines = whole.out.splitlines()
    report = tool("-c", MANIFEST, "-z", ZONE, *NOW, "-f", "json").report
    test.equal([json.loads(line) for line in lines], report["domains"], "a line holds what the report holds")
    threads = tool("-c", MANIFEST, "-z", ZONE, *NOW, "-f", "ndjson", "--threads", "3")
    test.equal(threads.out, whole.out, "three threads")
    parts = [tool("-c", MANIFEST, "-z", ZONE, *NOW, "-f", "ndjson", "--shard", f"{i}/3") for i in (1, 2, 3)]
    test.equal(sorted(line for part in parts for line in part.out.splitlines()), sorted(lines), "three parts")
    begun = write(folder, "begun.ndjson", "".join(line + "\n" for line in lines[:2]))
    rest = tool("-c", MANIFEST, "-z", ZONE, *NOW, "-f", "ndjson", "--resume", begun)
    test.equal(rest.out.splitlines(), lines[2:], "resumed")


DECISIONS = """defaults:
  severities: {mx-single-host: error}
campaigns:
  c:
    profiles: google
    waivers:
      - {slug: mx-single-host, subject: orders.example, reason: for now, expires: 2026-11-20}
    domains:
      shop.example: {thresholds: {fail-on: never}, senders: [{provider: google, selectors: google}, {provider: sendgrid, selectors: s1, mail-from: em.shop.example}]}
      orders.example: {selectors: google}
domains:
  help.example: {role: inbound, severities: {mx-single-host: "off"}}
"""


@test
def decisions(tool, folder):
    """Each domain is judged by its own."""
    manifest = write(folder, "d.yaml", DECISIONS)
    result = tool.audit("-c", manifest, "-z", ZONE, *NOW)
    single = {name: [f for f in d["findings"] if f["id"] == "mx-single-host"] for name, d in result.domains.items()}
    test.equal([f["severity"] for f in single["shop.example"]], ["error"], "the severity of the defaults")
    test.equal([f.get("waived") for f in single["orders.example"]], ["for now"], "a waiver of the campaign, on its last day")
    test.equal(single["help.example"], [], "switched off for one domain")
    test.equal(result.status, 0, "the only error is of a domain that may not fail")
    test.equal([p["id"] for p in result.domains["orders.example"]["profiles"]], ["google"], "the campaign's profile")
    test.equal([p["id"] for p in result.domains["help.example"]["profiles"]], ["baseline"], "no profile said: baseline")
    late = tool.audit("-c", manifest, "-z", ZONE, "--now", "2026-11-21T00:00:00Z")
    test.equal(late.status, 1, "a waiver past its date fails the run")
    test.check("policy-waiver-expired" in slugs(late.domains["orders.example"]), str(slugs(late.domains["orders.example"])))
    given = tool.audit("-c", manifest, "-z", ZONE, *NOW, "--fail-on", "notice", "--profile", "baseline,yahoo",
                       "--set", "mx-single-host=notice")
    test.equal([f["severity"] for f in given.domains["shop.example"]["findings"] if f["id"] == "mx-single-host"], ["notice"],
               "--set comes last")
    test.equal({tuple(p["id"] for p in d["profiles"]) for d in given.domains.values()}, {("baseline", "yahoo")}, "--profile instead")
    test.equal(given.status, 1, "--fail-on instead")


@test
def faults(tool, folder):
    bad = write(folder, "bad.yaml", read(MANIFEST).replace("role: tracking", "rolle: tracking").replace("amazonses", "amazon"))
    out = os.path.join(folder, "report")
    result = tool("-c", bad, "-z", ZONE, "-f", "json", "-o", out)
    test.equal((result.status, result.out, os.path.exists(out)), (2, "", False), "nothing is written")
    test.equal([line.split(bad)[1].split(":")[1] for line in result.err.splitlines()], ["23", "29"], "both lines are told")


@test
def live(tool, folder):
    with Lab() as lab:
        manifest = write(folder, "live.yaml", """domains:
  own-server.example:
    ips: 192.0.2.12
    helo: out.own-server.example
    selectors: [rsa, ed]
    tracking: no-such-host.own-server.example
  google-like.example: {role: inbound}
  two-spf.example:
""")
        recording = os.path.join(folder, "live")
        for threads in ("1", "2"):
            first = tool("-c", manifest, *lab.options(), *NOW, "-f", "json", "--threads", threads, "--record", recording)
            again = tool("--replay", recording, "-f", "json")
            test.check(first.out and first.out == again.out, f"{threads} threads: the replayed report is the same")
        domains = tool.audit("--replay", recording).domains
        test.check("declared-tracking-gone" in slugs(domains["own-server.example"]), str(slugs(domains["own-server.example"])))
        test.check("declared-role-sends" in slugs(domains["google-like.example"]), str(slugs(domains["google-like.example"])))
        dead = tool.audit("-c", manifest, *lab.options("dead"), "--timeout", "0.4", "--retries", "0", *NOW, "own-server.example")
        found = dead.domains["own-server.example"]["findings"]
        test.equal([f["id"] for f in found if f["id"].startswith("declared-") and not f["inconclusive"]], [],
                   "nothing declared is called missing when nobody answers")
        test.equal(dead.status, 3, "but the run is incomplete")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        test.run(Tool(sys.argv[1]), temporary)
