#!/usr/bin/python3
"""domaincheck spf: the SPF part alone, its exit status, and the flattened record, which must say the same.

usage: test_spf.py BINARY [TEST...]
"""

import os
import sys

from tool import Tests, Tool, scratch

test = Tests()
NOW = ("--now", "2026-11-20T12:00:00Z")
HEAD = """
$TTL 300
example.com. SOA ns.example.com. h.example.com. 1 3600 600 604800 300
example.com. NS ns.example.com.
example.com. MX 10 mx.example.com.
mx.example.com. A 192.0.2.10
mx.example.com. AAAA 2001:db8::10
test. SOA ns.test. h.test. 1 3600 600 604800 300
"""
MANY = "".join(f'v{i}.test. TXT "v=spf1 ' + " ".join(f"ip4:198.18.{i}.{k * 3}" for k in range(12)) + ' ~all"\n' for i in range(9))


class Zones:
    """The binary over one zone in a folder that goes away."""

    def __init__(self, binary):
        self.tool, self.folder = Tool(binary), scratch()

    def __call__(self, records, *args):
        path = os.path.join(self.folder, "zone")
        with open(path, "w") as f:
            f.write(HEAD + records)
        return self.tool(*args[:1], "-z", path, *NOW, *args[1:])

    def facts(self, records):
        path = os.path.join(self.folder, "zone")
        with open(path, "w") as f:
            f.write(HEAD + records)
        return self.tool.audit("-z", path, *NOW, "example.com").domains["example.com"]["facts"]["spf"]


@test
def exit_status_of_spf_alone(zones):
    good = 'example.com. TXT "v=spf1 mx -all"\n'
    test.equal(zones(good, "spf", "example.com").status, 0, "good SPF, no DMARC")
    test.equal(zones('example.com. TXT "v=spf1 +all"\n', "spf", "example.com").status, 1, "+all")
    test.equal(zones('example.com. TXT "v=spf1 include:elsewhere.invalid -all"\n', "spf", "example.com").status, 3, "unanswered")
    test.equal(zones(good, "spf").status, 2, "no domain")
    test.equal(zones(good, "spf", "--flaten", "example.com").status, 2, "a mistyped option")


@test
def page(zones):
    out = zones('example.com. TXT "v=spf1 mx include:gone.test -all"\n', "spf", "example.com").out
    for part in ("include:gone.test", "2 of 10", "spf-target-registrable"):
        test.check(part in out, f"the page holds {part!r}")
    test.check("DKIM" not in out and "dmarc" not in out, "the page is about SPF only")


@test
def flattened_says_the_same(zones):
    for record, extra in (("v=spf1 mx -all", ""), ("v=spf1 mx ip4:198.51.100.0/25 -ip4:198.51.100.128/26 ip4:198.51.100.0/24 ~all", ""),
                          ("v=spf1 mx " + " ".join(f"include:v{i}.test" for i in range(9)) + " -all", MANY),
                          ("v=spf1 redirect=r.test", 'r.test. TXT "v=spf1 ip6:2001:db8:1::/48 a:mx.example.com ?all"\n')):
        records = f'example.com. TXT "{record}"\n{extra}'
        before = zones.facts(records)
        result = zones(records, "spf", "--flatten", "example.com")
        after = zones.facts(result.out)
        test.check("do not publish" not in result.out, f"{record[:40]}: complete")
        test.equal(after["authorised"], before["authorised"], f"{record[:40]}: addresses")
        test.equal(after["class"], "valid", f"{record[:40]}: class")
        test.equal(after["all"] or "?", before["all"] or "?", f"{record[:40]}: all")
        test.check(after["lookups"] <= before["lookups"], f"{record[:40]}: lookups {before['lookups']} -> {after['lookups']}")
        test.check(f"{before['lookups']} lookups as published, {after['lookups']} flattened" in result.out,
                   f"{record[:40]}: says what it costs")


@test
def flattened_in_part(zones):
    result = zones('example.com. TXT "v=spf1 mx include:elsewhere.invalid -all"\n', "spf", "--flatten", "example.com")
    test.equal(result.status, 3, "a name that could not be looked up")
    test.check(all(line.startswith(";") for line in result.out.splitlines()), "every line is a comment")
    test.check("not resolved: include:elsewhere.invalid" in result.out, "the term is named")
    result = zones('example.com. TXT "v=spf1 mx exists:%{i}.\\027[31m\\"x\\".test -all"\n', "spf", "--flatten", "example.com")
    test.check("\x1b" not in result.out, "no control reaches the terminal")
    result = zones('example.com. TXT "v=spf1 -ip4:192.0.2.9 include:a.test ~all"\n'
                   'a.test. TXT "v=spf1 ip4:192.0.2.0/28 exists:%{i}.ok.test include:b.test -all"\n'
                   'b.test. TXT "v=spf1 ip4:198.51.100.1 -all"\n', "spf", "--flatten", "example.com")
    record = "".join(result.out.split('"')[1::2])
    test.check("-ip4:192.0.2.9" in record, f"what fails by name still does: {record}")
    test.check("exists:%{i}.ok.test" in record and "include:a.test" not in record, f"one macro keeps no include: {record}")
    result = zones('example.com. TXT "v=spf1 include:a.test ~all"\n'
                   'a.test. TXT "v=spf1 ip4:192.0.2.0/28 -ip4:198.51.100.1 exists:%{i}.%{d} -all"\n', "spf", "--flatten", "example.com")
    test.check("include:a.test" in result.out, f"a macro of another domain stays where it is: {result.out}")
    result = zones("", "spf", "--flatten", "example.com")
    test.equal(result.status, 1, "no record")
    test.check("no SPF record" in result.out, "says so")


if __name__ == "__main__":
    sys.exit(test.run(Zones(sys.argv[1])))
