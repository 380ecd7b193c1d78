#!/usr/bin/python3
"""--baseline: known findings do not fail, new ones do; keys are dated by the report that saw them first.

usage: test_baseline.py BINARY
"""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAULTS = []


def check(what, got, want):
    if got != want:
        FAULTS.append(f"{what}: {got!r}, expected {want!r}")


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        zone, report = f"{folder}/zone", f"{folder}/report"
        with open(f"{ROOT}/data/demo/demo.zone", encoding="utf-8") as f:
            records = f.read()

        def audit(text, *arguments):
            with open(zone, "w", encoding="utf-8") as f:
                f.write(text)
            return subprocess.run([binary, "-z", zone, "-s", "s1", *arguments], capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL)

        def domains(done):
            return json.loads(done.stdout)["domains"]

        both = ("broken.example", "healthy.example")
        first = audit(records, "--now", "2026-01-01T00:00:00Z", "-f", "json", "-o", report, *both)
        check("without a baseline", first.returncode, 1)
        later = ("--now", "2026-03-01T00:00:00Z", "-f", "json", "--baseline", report)

        same = audit(records, *later, *both)
        check("nothing new", same.returncode, 0)
        check("nothing new: verdicts", [d["verdict"] for d in domains(same)], ["pass", "pass"])
        check("nothing hidden", len(domains(same)[0]["findings"]), len(json.load(open(report))["domains"][0]["findings"]))
        check("each says why", all("2026-01-01T00:00:00Z" in f["waived"] for f in domains(same)[0]["findings"]), True)

        worse = audit(records.replace("p=reject; sp=reject; np=reject;", "p=none;"), *later, "--fail-on", "warning", *both)
        check("something new", worse.returncode, 1)
        check("the new one fails", [f["id"] for f in domains(worse)[1]["findings"] if not f.get("waived")][:1],
              ["dmarc-policy-none"])
        check("the known ones do not", domains(worse)[0]["verdict"], "pass")

        check("a key is dated", domains(same)[1]["facts"]["dkim"]["selectors"][0]["key_since"], "2026-01-01T00:00:00Z")
        with open(report, "w", encoding="utf-8") as f:
            f.write(same.stdout)
        old = audit(records, "--now", "2026-09-01T00:00:00Z", "-f", "json", "--baseline", report, "healthy.example")
        check("the first date stays", domains(old)[0]["facts"]["dkim"]["selectors"][0]["key_since"], "2026-01-01T00:00:00Z")
        check("an old key", [f["id"] for f in domains(old)[0]["findings"]], ["dkim-key-old"])
        young = audit(records, "--now", "2026-09-01T00:00:00Z", "-f", "json", "--baseline", report, "--key-age", "400",
                      "healthy.example")
        check("not old by --key-age", domains(young)[0]["findings"], [])

        lines = audit(records, "--now", "2026-01-01T00:00:00Z", "-f", "ndjson", "-o", report, *both)
        check("as NDJSON", (lines.returncode, audit(records, *later, *both).returncode), (1, 0))
        check("a domain that the baseline does not have", audit(records, *later, "broken.example", "mailvendor.example").returncode, 1)
        with open(report, encoding="utf-8") as f:
            broken, healthy = f.readlines()
        with open(report, "w", encoding="utf-8") as f:
            f.write(broken + healthy + json.dumps({**json.loads(broken), "findings": []}) + "\n")
        check("of a domain's lines the last counts", audit(records, *later, "broken.example").returncode, 1)
        with open(report, "w", encoding="utf-8") as f:
            f.write(healthy + broken + healthy)
        check("whatever comes after", audit(records, *later, "broken.example").returncode, 0)
        psl = f"{folder}/psl"
        with open(psl, "w", encoding="utf-8") as f:
            f.write("example\n")
        check("with --psl behind it", audit(records, *later, "--psl", psl, "broken.example").returncode, 0)

        # The rest of the zone may change: what was known stays known.
        for old, new in (("include:n4.crm.mailvendor.example ", "include:n4.crm.mailvendor.example a:out.healthy.example "),
                         ("ip4:203.0.113.25 ", "ip4:203.0.113.25 ip4:203.0.113.96/29 "), ("p=reject; sp=rejct", "p=quarantine; sp=rejct"),
                         ("MX  10 mx.broken.example.", "MX  5 mx.broken.example.")):
            assert old in records
            done = audit(records.replace(old, new), *later, "broken.example")
            new_ones = [f["id"] for f in domains(done)[0]["findings"] if f["severity"] == "error" and not f.get("waived")]
            check(f"{new}: nothing failing is new", (done.returncode, new_ones), (0, []))
        nul = records.replace('"google-site-verification=not-a-mail-record"', r'"spf2.0/pra \000 -all"')
        done = audit(nul, "--now", "2026-01-01T00:00:00Z", "-f", "json", "-o", report, "broken.example")
        check("a NUL octet in a record", ("\\u0000" in open(report).read(), audit(nul, *later, "broken.example").returncode), (True, 0))
        with open(report, "w", encoding="utf-8") as f:
            f.write(broken[:len(broken) // 2])
        done = audit(records, *later, "broken.example")
        check("cut off", (done.returncode, "cut off" in done.stderr), (2, True))

        for content in ("", "nonsense", "{}", "[]", "3", '{"domains": 5}', '{"domain": "a.example"}', '{"a":1,"a":2}'):
            with open(report, "w", encoding="utf-8") as f:
                f.write(content)
            done = audit(records, *later, "healthy.example")
            check(f"{content!r}: status", done.returncode, 2)
            check(f"{content!r}: one line", done.stderr.count("\n"), 1)
    for fault in FAULTS:
        print(f"FAIL {fault}")
    print(f"{len(FAULTS)} faults")
    sys.exit(bool(FAULTS))


main()
