#!/usr/bin/python3
"""Waivers, severities and profiles on the command line: mistakes, fleets, and what every format shows of them.

usage: test_waivers.py BINARY [TEST...]
"""

import csv
import io
import json
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as xml

from tool import ROOT, Tests, Tool

test = Tests()

ZONE = ("-z", os.path.join(ROOT, "data/demo/demo.zone"), "--now", "2026-11-20T12:00:00Z", "-s", "s1")
BROKEN = "dkim-key-too-small", "dmarc-ignored", "spf-too-many-lookups"  # the errors of broken.example
GOOD = "{slug} * 2027-01-31 known\n"


class Files:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def __call__(self, text, name="waivers.txt"):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path


@test
def mistakes_in_waivers(tool):
    wrong = {
        "spf-allows-al example.com 2027-01-31 x": 'there is no finding "spf-allows-al": did you mean "spf-allows-all"?',
        "ptr-generic example.com 2027-01-31 x": 'there is no finding "ptr-generic": did you mean "ptr-generic-name"?',
        "zzz-* example.com 2027-01-31 x": '"zzz-*" matches no finding',
        "spf-allows-all example.com soon x": '"soon" is not the last day of the waiver, such as 2027-01-31',
        "spf-allows-all example.com 2027-02-30 x": '"2027-02-30" is not the last day',
        "spf-allows-all example.com 2027-01-31": "gives no reason",
        "spf-allows-all example.com": "a waiver is SLUG SUBJECT DATE REASON",
        "spf-allows-all": "a waiver is SLUG SUBJECT DATE REASON",
        "spf-allows-all example.com in": "a waiver is SLUG SUBJECT DATE REASON",
        "spf-record-unanswered * 2027-01-31 x": "says what could not be determined",
        "spf-allows-all * 2027-01-31 \x1b[31mred": "holds a control character",
    }
    with Files() as files:
        for line, words in wrong.items():
            path = files("# one\n\n" + line + "\n")
            done = tool(*ZONE, "--waivers", path, "healthy.example")
            test.equal((done.status, done.out), (2, ""), f"{line!r}: status and report")
            test.check(done.err.count("\n") == 1 and f"{path}:3: " in done.err and words in done.err and "\x1b" not in done.err,
                       f"{line!r}: {done.err!r}")
        for text in (b"", b"\n\n# nothing\n", b"\xff\xfe\n"):
            done = tool(*ZONE, "-q", "--waivers", files(text), "healthy.example")
            test.equal(done.status, 2 if b"\xff" in text else 0, repr(text))
        done = tool(*ZONE, "--waivers", files.folder.name + "/none", "healthy.example")
        test.check(done.status == 2 and "none" in done.err, done.err)
        crlf = files("".join(GOOD.format(slug=slug) for slug in BROKEN).replace("\n", "\r\n"))
        test.equal(tool(*ZONE, "-q", "--waivers", crlf, "broken.example").status, 0, "lines that end in CR LF")


@test
def too_many_waivers(tool):
    with Files() as files:
        path = files("dmarc-ignored * 2027-01-31 known\n" * 10001)
        done = tool(*ZONE, "--waivers", path, "healthy.example")
        test.equal((done.status, done.out, done.err), (2, "", f"domaincheck: {path}:10001: more than 10000 waivers\n"), "10,001")
        path = files("dmarc-ignored * 2027-01-31 known\n" * 10000)
        test.equal(tool(*ZONE, "--waivers", path, "healthy.example").status, 0, "10,000")


@test
def one_domain(tool):
    with Files() as files:
        all_three = files("".join(GOOD.format(slug=slug) for slug in BROKEN))
        test.equal(tool(*ZONE, "-q", "broken.example").status, 1, "without")
        done = tool.audit(*ZONE, "--waivers", all_three, "broken.example")
        domain = done.domains["broken.example"]
        waived = {f["id"]: (f["waived"], f["waived_until"]) for f in domain["findings"] if "waived" in f}
        test.equal(waived, {slug: ("known", "2027-01-31") for slug in BROKEN}, "all are shown")
        test.equal((done.status, domain["verdict"], done.report["summary"]["waived"]), (0, "pass", 3), "none counts")
        test.equal([w["state"] for w in done.report["waivers"]], ["used"] * 3, "state")
        for now, status in (("2027-01-31T23:59:59Z", 0), ("2027-02-01T00:00:00Z", 1)):
            test.equal(tool(*ZONE, "--now", now, "-q", "--waivers", all_three, "broken.example").status, status, now)
        late = tool.audit(*ZONE, "--now", "2027-02-01", "--waivers", all_three, "broken.example")
        slugs = [f["id"] for f in late.domains["broken.example"]["findings"] if f["severity"] == "error"]
        test.equal(sorted(slugs), sorted([*BROKEN, *["policy-waiver-expired"] * 3]), "expired: both the fault and the waiver")
        test.equal(tool(*ZONE, "--now", "2027-02-01", "-q", "--fail-on", "never", "--waivers", all_three, "broken.example").status,
                   0, "expired, and nothing is to fail")
        # The hand that covers what is said of waivers themselves.
        own = files("policy-* * 2027-12-31 no\nspf-no-all * 2026-01-01 old\n", "own.txt")
        test.equal(tool(*ZONE, "-q", "--waivers", own, "healthy.example").status, 1, "nobody waives an expired waiver")


@test
def several_domains(tool):
    with Files() as files:
        mixed = files("spf-no-all * 2027-01-31 used\nptr-generic-name *.example 2027-01-31 idle\n"
                      "dmarc-missing * in healthy.example 2026-01-01 old and idle\n")
        done = tool.audit(*ZONE, "--waivers", mixed, "healthy.example", "broken.example")
        found = {f["id"] for d in done.domains.values() for f in d["findings"]}
        test.check(not any(slug.startswith("policy-") for slug in found), "none belongs to a domain")
        lines = done.err.splitlines()
        test.equal(len(lines), 2, done.err)
        test.check(f"{mixed}:2: notice: policy-waiver-unused: the waiver of ptr-generic-name at *.example matches nothing" in lines[0],
                   done.err)
        test.check(f"{mixed}:3: error: policy-waiver-expired: the waiver of dmarc-missing at * ended with 2026-01-01" in lines[1],
                   done.err)
        test.equal([w["state"] for w in done.report["waivers"]], ["used", "unused", "expired"], "states")
        expired = files("dmarc-missing * 2026-01-01 old\n", "expired.txt")
        test.equal(tool(*ZONE, "-q", "--waivers", expired, "healthy.example", "reports.example").status, 1,
                   "it fails the run though every domain passes")
        part = tool(*ZONE, "-q", "--waivers", mixed, "--shard", "1/2", "healthy.example", "broken.example")
        test.check("unused" not in part.err, "a shard does not know what matches elsewhere")
        # What is not known is not unused.
        lost = tool("-n", "127.0.0.1:1", "--timeout", "0.1", "--retries", "0", "-q", "--now", "2026-11-20", "--waivers",
                    files("spf-no-all * 2027-01-31 x\n", "lost.txt"), "a.example", "b.example")
        test.equal((lost.status, "unused" in lost.err), (3, False), "nothing was answered")


@test
def severities(tool):
    for args, status in ((("--set", "spf-*=off,dkim-*=off", "--set", "dmarc-ignored=notice"), 0),
                         (("--set", "*=off"), 0), (("--set", "*=off", "--set", "spf-no-all=error"), 1),
                         (("--set", "spf-no-all=error", "--set", "*=off"), 0),
                         (("--set", "spf-all=off", "--fail-on", "warning"), 1)):
        test.equal(tool(*ZONE, "-q", *args, "broken.example").status, status, str(args))
    done = tool.audit(*ZONE, "--set", "spf-lookups=notice,dkim-key-too-small=off", "broken.example")
    severity = {f["id"]: f["severity"] for f in done.domains["broken.example"]["findings"]}
    test.equal(severity.get("spf-too-many-lookups"), "notice", "by the name of the check")
    test.check("dkim-key-too-small" not in severity, "off is off")
    test.equal(done.report["options"]["set"], ["spf-lookups=notice,dkim-key-too-small=off"], "the report says so")
    for value, words in (("spf-no-al=off", 'did you mean "spf-no-all"?'), ("spf-lookup=off", 'did you mean "spf-lookups"?'),
                         ("spf-no-all", "is not SLUG=off|notice|warning|error"), ("spf-no-all=none", '"none" is not off, notice'),
                         ("spf-record-unanswered=off", "cannot be switched off"), ("zz*=off", "matches no finding")):
        bad = tool(*ZONE, "--set", value, "broken.example")
        test.check(bad.status == 2 and bad.err.count("\n") == 1 and words in bad.err and not bad.out, f"{value}: {bad.err}")
    # A pattern that covers what is not known leaves that alone.
    test.equal(tool("-n", "127.0.0.1:1", "--timeout", "0.1", "--retries", "0", "-q", "--set", "*=off", "a.example").status, 3,
               "not knowing cannot be switched off")


@test
def profiles(tool):
    bad = tool(*ZONE, "-p", "google,micrsoft", "healthy.example")
    test.check(bad.status == 2 and bad.err.count("\n") == 1 and 'did you mean "microsoft"?' in bad.err and "internet-nl" in bad.err,
               bad.err)
    done = tool.audit(*ZONE, "-p", "google-bulk,microsoft", "-p", "google-bulk", "broken.example")
    verdicts = [(p["id"], p["verdict"]) for p in done.domains["broken.example"]["profiles"]]
    test.equal(verdicts, [("google-bulk", "fail"), ("microsoft", "fail")], "each once, in the order given")
    listed = json.loads(tool("profiles", "-f", "json").out)
    test.equal([p["id"] for p in listed][:2], ["baseline", "apple"], "domaincheck profiles")
    for profile in listed:
        test.check(profile["parked"] or profile["every_check"] or profile["requirements"], profile["id"])
        one = tool("profiles", profile["id"])
        test.check(one.status == 0 and all(r["text"].split()[0] in one.out for r in profile["requirements"]), profile["id"])
    # A should fails where warnings fail, a must always; nothing does with --fail-on never.
    with Files() as files:
        zone = files(open(ZONE[1], encoding="utf-8").read().replace("include:spf.mailvendor.example -all\"\nns1             A   192.0.2.2",
                                                                    "include:spf.mailvendor.example ~all\"\nns1             A   192.0.2.2"), "z")
        args = ("-z", zone, *ZONE[2:], "-q", "healthy.example")
        for more, status in (((), 0), (("-p", "google"), 0), (("-p", "bod-18-01"), 0), (("-p", "bod-18-01", "--fail-on", "warning"), 1),
                             (("-p", "nist-800-177"), 1), (("-p", "nist-800-177", "--fail-on", "never"), 0),
                             (("-p", "nist-800-177", "--set", "spf-softfail=off"), 3)):
            test.equal(tool(*args, *more).status, status, str(more))


@test
def every_format(tool):
    with Files() as files:
        path = files(GOOD.format(slug="dmarc-ignored"))
        args = (*ZONE, "-p", "laposte,apple", "--waivers", path, "broken.example")
        report = {name: tool("-f", name, *args).out
                  for name in ("text", "lint", "markdown", "junit", "sarif", "csv", "ndjson", "github", "tap", "gitlab", "html")}
        test.check("Accepted by a waiver" in report["text"] and "known (until 2027-01-31)" in report["text"], "text")
        test.check("accepted: dmarc (dmarc-ignored)" in report["text"], "text: profiles")
        test.check("apple: spf (spf-too-many-lookups)" in " ".join(report["text"].rpartition("NO-GO")[2].split()), "text: the last line")
        test.check(re.search(r"^broken\.example: error: dmarc-ignored: .*\(waived: known\)$", report["lint"], re.M), "lint")
        test.check(re.search(r"^broken\.example: error: apple/spf: .*spf-too-many-lookups", report["lint"], re.M), "lint: profiles")
        test.check("known" in report["markdown"] and "apple" in report["markdown"], "markdown")
        suite = xml.fromstring(report["junit"]).find("testsuite")
        cases = {c.get("name").split(":")[0]: c for c in suite.findall("testcase")}
        for name in ("dmarc-syntax", "apple/dmarc"):
            skipped = cases[name].find("skipped")
            test.check(skipped is not None and skipped.get("message") == "waived: known", f"junit: {name}")
        test.check(cases["apple/spf"].find("failure") is not None, "junit: profiles")
        test.equal(int(suite.get("skipped")), len(suite.findall("testcase/skipped")), "junit: the sum")
        results = json.loads(report["sarif"])["runs"][0]["results"]
        suppressed = [r["ruleId"] for r in results if r.get("suppressions")]
        test.equal(suppressed, ["dmarc-ignored"], "sarif")
        row = next(csv.DictReader(io.StringIO(report["csv"])))
        test.equal((row["profiles"], row["waived"]), ("laposte:fail apple:fail", "dmarc-ignored"), "csv")
        domain = json.loads(report["ndjson"])
        apple = {r["id"]: r for r in domain["profiles"][1]["requirements"]}
        test.equal((apple["dmarc"]["verdict"], apple["dmarc"]["waived"]), ("pass", ["dmarc-ignored"]), "ndjson")
        test.equal(tool.audit(*args).domains["broken.example"]["profiles"], domain["profiles"], "json says the same")
        test.check("(accepted)" in report["github"] and "apple/spf" in report["github"], "github")
        test.check("# SKIP waived: known" in report["tap"], "tap")
        test.check("known" in report["gitlab"] and "known" in report["html"], "gitlab, html")


if __name__ == "__main__":
    sys.exit(test.run(Tool(sys.argv[1])))
