#!/usr/bin/python3
"""domaincheck diff OLD NEW: each change and its cause, what could not be asked, hostile and broken reports.

usage: test_diff.py BINARY [TEST...]
"""

import json
import os
import re
import sys
import tempfile

import jsonschema

from tool import ROOT, Tests, Tool

test = Tests()
NOW = "--now=2026-11-20T12:00:00Z"
with open(f"{ROOT}/data/schema/diff.json", encoding="utf-8") as f:
    SCHEMA = json.load(f)
jsonschema.Draft202012Validator.check_schema(SCHEMA)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)



def demo_key():
    """A sound RSA key, in strings of a TXT record."""
    with open(f"{ROOT}/data/demo/demo.zone", encoding="utf-8") as f:
        return re.search(r"^s1\._domainkey\s+TXT \( \"(.*)\" \)", f.read(), re.M)[1]


ZONE = """$TTL 300
shop.example. SOA ns1.shop.example. h.shop.example. 1 2 3 4 5
shop.example. NS ns1.shop.example.
shop.example. MX 10 mx1.shop.example.
shop.example. TXT "v=spf1 ip4:192.0.2.25 include:_spf.vendor.example a:out.vendor.example -all"
mx1.shop.example. A 192.0.2.10
ns1.shop.example. A 192.0.2.2
out.shop.example. A 192.0.2.25
_dmarc.shop.example. TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"
s1._domainkey.shop.example. CNAME s1.dkim.vendor.example.
vendor.example. SOA ns1.vendor.example. h.vendor.example. 1 2 3 4 5
vendor.example. NS ns1.vendor.example.
ns1.vendor.example. A 198.51.100.2
_spf.vendor.example. TXT "v=spf1 ip4:198.51.100.0/28 ~all"
out.vendor.example. A 198.51.100.20
s1.dkim.vendor.example. TXT "%(key)s"
s2.dkim.vendor.example. TXT "%(key)s"
2.0.192.in-addr.arpa. SOA ns1.shop.example. h.shop.example. 1 2 3 4 5
2.0.192.in-addr.arpa. NS ns1.shop.example.
10.2.0.192.in-addr.arpa. PTR mx1.shop.example.
25.2.0.192.in-addr.arpa. PTR out.shop.example.
""" % {"key": demo_key()}
# of a pair made for this test; nobody has the private half
OTHER_KEY = """MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkUALMHBcDwq05hMN9bljioDGMmOGNpHhXCaPbvGqeC8LYZAGj8vQPDk5h4rsOHd8pPjobDfaCRgsla/bwz7ofSmJoPqxXOEj/2DC1dg+LWXl3A6MLnuMPkMe1tdnDo5xz2T8BDrDTSa7w8MsTbMOTR9stK6C" "XxH0LIHZd5HPRAoxuIwHh72qdQbajhwtaFDiiyJl/BQ06e6ZDta7gKVp1fEbEzMISBEH6xCeXxOLggHJM41bbakwegI4VulUO+vlJG+6xJi5tnCE7DbQOD/t8z5kRlZIJJQ8b3+FYNE7vsUmbNdwN3+J/wl0L17Zq5Yf72yreACUPMf2SXvVqYJ3iQIDAQAB"""


class Folder:
    def __init__(self, tool):
        self.tool, self.dir = tool, tempfile.TemporaryDirectory()

    def path(self, name):
        return f"{self.dir.name}/{name}"

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def report(self, name, zone, *args, form="json", domains=("shop.example",)):
        self.write(name + ".zone", zone)
        done = self.tool("-z", self.path(name + ".zone"), NOW, "-s", "s1", "-f", form, "-o", self.path(name), *args, *domains)
        assert done.status in (0, 1, 3), done
        return self.path(name)

    def diff(self, old, new, *args):
        done = self.tool("diff", "-f", "json", *args, old, new)
        for fault in VALIDATOR.iter_errors(done.report):
            raise ValueError(f"schema: {'/'.join(map(str, fault.absolute_path))}: {fault.message}")
        return done

    def change(self, *replaced, args=()):
        """From ZONE to ZONE with replacements; the one domain that changed."""
        zone = ZONE
        for old, new in replaced:
            assert old in zone, old
            zone = zone.replace(old, new)
        done = self.diff(self.report("old", ZONE), self.report("new", zone), *args)
        return done, done.report["domains"][0] if done.report["domains"] else None


def messages(domain):
    return [record["message"] for record in domain["records"]]


def record(domain, name, kind="TXT"):
    found, = [r for r in domain["records"] if r["name"] == name and r["type"] == kind]
    return found


@test
def nothing(tool, folder):
    done, domain = folder.change()
    test.equal((done.status, domain), (0, None), "no change")
    test.equal(done.report["verdict"], "pass", "verdict")
    test.equal(done.report["summary"]["same"], 1, "counted")


@test
def vendor_adds_a_range(tool, folder):
    done, domain = folder.change(("ip4:198.51.100.0/28 ~all", "ip4:198.51.100.0/28 ip4:192.0.2.0/24 ~all"))
    test.equal(done.status, 0, "status")
    test.equal(messages(domain), ["_spf.vendor.example added 192.0.2.0/24"], "in one sentence")
    found = record(domain, "_spf.vendor.example")
    test.equal((found["whose"], found["via"], found["added"], found["removed"]),
               ("other", "include:_spf.vendor.example", ["ip4:192.0.2.0/24"], []), "where and what")
    ranges, = [fact for fact in domain["facts"] if fact["path"] == "spf.authorised.ipv4_ranges"]
    test.check("192.0.2.0-192.0.2.255" in ranges["added"], f"what follows: {ranges}")


@test
def vendor_moves_a_host(tool, folder):
    _, domain = folder.change(("out.vendor.example. A 198.51.100.20", "out.vendor.example. A 198.51.100.21"))
    test.equal(messages(domain), ["out.vendor.example (A/AAAA) added 198.51.100.21 and took out 198.51.100.20"], "in one sentence")


@test
def vendor_changes_a_key(tool, folder):
    _, domain = folder.change((f's1.dkim.vendor.example. TXT "{demo_key()}"', f's1.dkim.vendor.example. TXT "v=DKIM1; k=rsa; p={OTHER_KEY}"'))
    test.equal(messages(domain), ["s1.dkim.vendor.example (where s1._domainkey.shop.example leads) has another key"], "in one sentence")
    found = record(domain, "s1._domainkey.shop.example")
    test.equal((found["whose"], found["alias_of"]), ("other", "s1.dkim.vendor.example"), "whose")


@test
def alias_moves(tool, folder):
    _, domain = folder.change(("CNAME s1.dkim", "CNAME s2.dkim"))
    test.equal(messages(domain), ["s1._domainkey.shop.example is an alias of s2.dkim.vendor.example now, it was one of "
                                  "s1.dkim.vendor.example"], "in one sentence")


@test
def vendor_drops_the_key(tool, folder):
    done, domain = folder.change(("s1.dkim.vendor.example. TXT", "s9.dkim.vendor.example. TXT"))
    test.equal(done.status, 1, "status")
    came = [f for f in domain["findings"] if f["fails"]]
    test.check(came and all("s1.dkim.vendor.example" in f["because"][0] for f in came), f"because: {came}")
    test.equal(record(domain, "s1._domainkey.shop.example")["change"], "went", "the record")


@test
def vendor_breaks_spf(tool, folder):
    many = '" "'.join(f"include:n{i}.vendor.example " for i in range(11))
    done, domain = folder.change(("ip4:198.51.100.0/28 ~all", many + " ~all"))
    test.equal((done.status, domain["verdict"]), (1, {"old": "pass", "new": "fail"}), "status, verdict")
    lookups, = [f for f in domain["findings"] if f["id"] == "spf-too-many-lookups"]
    test.equal((lookups["change"], lookups["fails"], lookups["old"]), ("came", True, None), "the finding")
    test.check(any(b.startswith("_spf.vendor.example added include:n0.vendor.example") for b in lookups["because"]),
               f"because {lookups['because']}")


@test
def policy_of_the_organisation(tool, folder):
    """news.shop.example has no DMARC record of its own: the policy changes above it."""
    zone = ZONE + 'news.shop.example. TXT "v=spf1 ip4:192.0.2.25 -all"\nnews.shop.example. MX 10 mx1.shop.example.\n'
    domains = ("news.shop.example",)
    old = folder.report("old", zone, domains=domains)
    done = folder.diff(old, folder.report("new", zone.replace("p=reject", "p=none"), domains=domains))
    domain = done.report["domains"][0]
    test.equal(messages(domain), ["_dmarc.shop.example changed: p=reject became p=none"], "in one sentence")
    test.equal(record(domain, "_dmarc.shop.example")["whose"], "organisation", "whose")
    weak, = [f for f in domain["findings"] if f["id"] == "dmarc-policy-none"]
    test.equal((weak["because"], weak["fails"]), (messages(domain), False), "a warning, with its cause")
    test.equal(folder.diff(old, folder.path("new"), "--fail-on", "warning").status, 1, "--fail-on")


@test
def records_of_every_kind(tool, folder):
    _, domain = folder.change(("MX 10 mx1.shop.example.", "MX 20 mx1.shop.example."), ("mx1.shop.example. A 192.0.2.10", "mx1.shop.example. A 192.0.2.11"),
                              ("25.2.0.192.in-addr.arpa. PTR out", "25.2.0.192.in-addr.arpa. PTR mail"))
    test.equal(record(domain, "shop.example", "MX")["added"], ["20 mx1.shop.example"], "MX")
    test.equal(record(domain, "mx1.shop.example", "A/AAAA")["removed"], ["192.0.2.10"], "the host's address")
    test.equal(record(domain, "192.0.2.25", "PTR")["added"], ["mail.shop.example"], "the reverse name")
    _, domain = folder.change(('_dmarc.shop.example. TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n', ""))
    test.equal((record(domain, "_dmarc.shop.example")["change"], messages(domain)),
               ("went", ["_dmarc.shop.example has no DMARC record any more"]), "DMARC record")
    _, domain = folder.change((" include:_spf.vendor.example", ""))
    test.equal(record(domain, "_spf.vendor.example")["change"], "left", "an include that is gone was not asked for")
    test.check("shop.example took out include:_spf.vendor.example" in messages(domain), f"{messages(domain)}")


@test
def could_not_ask(tool, folder):
    """A TIMEOUT is never "gone", on either side."""
    folder.report("whole", ZONE, "--record", folder.path("whole.rec"))
    with open(folder.path("whole.rec"), encoding="utf-8") as f:
        lines = f.read().splitlines(True)
    names = {"_spf.vendor.example TXT": "spf", "_dmarc.shop.example TXT": "dmarc", "s1._domainkey.shop.example TXT": "dkim",
             "shop.example MX": "mx", "shop.example TXT": "spf", "25.2.0.192.in-addr.arpa PTR": "ptr"}
    for question, protocol in names.items():
        cut = [f"dns {question} TIMEOUT\n" if line.startswith(f"dns {question} ") else line for line in lines]
        test.check(cut != lines, f"{question} was recorded")
        folder.write("cut.rec", "".join(cut))
        done = folder.diff(folder.path("whole.rec"), folder.path("cut.rec"))
        test.equal(done.status, 3, f"{question}: exit status")
        domain = done.report["domains"][0]
        changes = {r["change"] for r in domain["records"] if r["protocol"] == protocol}
        test.equal(changes, {"unknown-now"}, f"{question}: the records")
        gone = [f["id"] for f in domain["findings"] if f["change"] == "went"]
        test.equal([f for f in gone if f.startswith(protocol)], [], f"{question}: nothing went")
        back = folder.diff(folder.path("cut.rec"), folder.path("whole.rec"))
        test.equal(back.status, 3, f"{question}: the other way round")
        changes = {r["change"] for r in back.report["domains"][0]["records"] if r["protocol"] == protocol}
        test.equal(changes, {"unknown-then"}, f"{question}: the records, the other way round")


@test
def domains_of_one_side(tool, folder):
    both = ("shop.example", "vendor.example")
    one, two = folder.report("one", ZONE, "--dnssec=no", form="ndjson"), folder.report("two", ZONE, form="ndjson", domains=both)
    more, fewer = folder.diff(one, two), folder.diff(two, one)
    vendor, = more.report["domains"]
    test.equal((vendor["change"], more.status), ("only-new", 1), "a domain more, with errors")
    test.equal((fewer.report["domains"][0]["change"], fewer.status), ("only-old", 3), "a domain less: nothing is known of it")
    text = tool("diff", two, one).out
    test.check("vendor.example  not audited any more: nothing is known of it" in text, text)
    with open(two, encoding="utf-8") as f:
        lines = f.read().splitlines(True)
    folder.write("twice", lines[1] + lines[0] + lines[1].replace('"verdict":"fail"', '"verdict":"pass"', 1))
    again = folder.diff(two, folder.path("twice"))
    test.equal([d["verdict"] for d in again.report["domains"]], [{"old": "fail", "new": "pass"}], "the last line counts")


@test
def told_other_things(tool, folder):
    done = folder.diff(folder.report("a", ZONE), folder.report("b", ZONE, "--fail-on", "warning", "--ip", "192.0.2.25"))
    test.equal([o["name"] for o in done.report["options"]], ["fail-on", "ip"], "options that differ")
    test.check("--fail-on not given before, warning now" in tool("diff", folder.path("a"), folder.path("b")).out, "in the text")


@test
def requirements(tool, folder):
    """A requirement that is broken now is worse, also when no finding says so; another profile is no change of the domain."""
    old = folder.report("old", ZONE, "-p", "google-bulk")
    with open(old, encoding="utf-8") as f:
        report = json.load(f)
    profile, = report["domains"][0]["profiles"]
    requirement = next(r for r in profile["requirements"] if r["verdict"] == "pass")
    requirement["verdict"] = "fail"
    folder.write("new", json.dumps(report))
    done = folder.diff(old, folder.path("new"))
    test.equal((done.status, done.report["summary"]["requirements_broken"], done.report["summary"]["new_failing"]), (1, 1, 0), "broken")
    test.check(f"google-bulk/{requirement['id']}: pass" in tool("diff", old, folder.path("new")).out, "named")
    test.equal(folder.diff(folder.path("new"), old).status, 0, "mended")
    test.equal(folder.diff(old, folder.path("new"), "--fail-on", "never").status, 0, "--fail-on never")
    test.equal(folder.diff(folder.report("base", ZONE), folder.path("new")).status, 0, "judged by other profiles")


@test
def inputs(tool, folder):
    """JSON, NDJSON, a recording and standard input are the same thing; jq may have been over it."""
    json_report = folder.report("j", ZONE, "--record", folder.path("r"))
    lines = folder.report("n", ZONE, form="ndjson")
    for other in (lines, folder.path("r")):
        done = folder.diff(json_report, other)
        test.equal((done.status, done.report["domains"]), (0, []), f"{other[-1]}: the same")
    with open(json_report, encoding="utf-8") as f:
        text = f.read()
    folder.write("sorted", json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")))
    folder.write("pretty", json.dumps(json.loads(text)["domains"][0], indent=8, ensure_ascii=False))
    for name in ("sorted", "pretty"):
        test.equal(folder.diff(json_report, folder.path(name)).report["domains"], [], name)
    done = tool("diff", "-", json_report, stdin=text)
    test.equal(done.status, 0, "standard input")
    for arguments in (("diff", json_report), ("diff", json_report, json_report, json_report), ("diff", "-", "-"),
                      ("diff", "-f", "csv", json_report, json_report), ("diff", json_report, "/nonexistent"), ("diff",)):
        done = tool(*arguments)
        test.equal((done.status, done.err.count("\n"), done.out), (2, 1, ""), " ".join(arguments[:2]))
    out = folder.path("out")
    test.equal((tool("diff", "-o", out, json_report, folder.path("nothing")).status, os.path.exists(out)), (2, False),
               "no half report")
    test.equal(tool("diff", json_report, json_report, stdout=open("/dev/full", "w")).status, 4, "a full disk")


@test
def broken_reports(tool, folder):
    good = folder.report("good", ZONE)
    with open(good, encoding="utf-8") as f:
        text = f.read()
    cuts = [text[:n] for n in range(1, len(text) - 2, 997)]
    odd = ["", " \n", "nonsense", "[]", "3", "{}", '"a"', "null", '{"domains": 5}', '{"domains": [3]}', '{"domains": [{}]}',
           '{"domain": "a.example"}', '{"domain": "a.example", "findings": [3]}', '{"domain": "", "findings": []}',
           '{"domains": [], "domains": []}', text + "x", text + "}", "[" * 100000, '{"a":' * 100000, "{" * 5000 + "}" * 5000,
           '{"domains":[' + "[" * 5000 + "]" * 5000 + "]}", "\0", text.replace("shop", "sh\0op"), '{"domain":"a\\ud800","findings":[]}',
           "\ufeff" + text, text.replace('"domain"', '"domain\\u0000"'), '{"domain":"a","domain":"a","findings":[]}',
           '{"' + "\x1b[31m" + '":', "domaincheck-recording 1\nnonsense\n"]
    for number, content in enumerate(cuts + odd):
        done = tool("diff", good, folder.write("bad", content))
        if not test.equal((done.status, done.out, done.err.count("\n")), (2, "", 1), f"{number}: {content[:40]!r}"):
            print(done)
        test.check(re.fullmatch(r"[\x20-\x7e\n]*", done.err), f"{number}: {done.err!r}")
        test.check(done.elapsed_s < 5, f"{number}: {done.elapsed_s} s")
    done = tool("diff", good, folder.write("bad", text[: len(text) // 2]))
    test.check("cut off" in done.err, done.err)


@test
def bounded(tool, folder):
    """Large and odd reports cost bounded memory, and are refused or read."""
    import resource
    good = folder.report("good", ZONE)

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    deep = '{"term":"include:a","tree":{"domain":"a","state":"record","record":"v=spf1","terms":['
    for name, content in {
        "many findings": '{"domain":"a.example","findings":[' + ",".join(['{"id":"a","fingerprint":"b","severity":"error","check":"c"}'] * 200000) + "]}",
        "many facts": '{"domain":"a.example","findings":[],"facts":{"x":{' + ",".join(f'"k{i}":1' for i in range(300000)) + "}}}",
        "a long text": '{"domain":"a.example","findings":[],"facts":{"spf":{"class":"' + "a" * (40 << 20) + '"}}}',
        "deep": '{"domain":"a.example","findings":[],"facts":{"spf":{"tree":{"domain":"a","terms":[' + deep * 400 + "]}}" * 400 + "]}}}}",
        "many domains": "\n".join(f'{{"domain":"d{i}.example","findings":[]}}' for i in range(200000)),
    }.items():
        done = tool("diff", "-o", "/dev/null", good, folder.write("large", content), preexec_fn=limited)
        test.check(done.status in (1, 2, 3) and done.err.count("\n") <= 1, f"{name}: {done}")
        test.check(done.elapsed_s < 20, f"{name}: {done.elapsed_s} s")


@test
def fleets(tool, folder):
    """What got worse comes first and is named at the end; what reaches many domains in the same way is told once."""
    names = [f"d{i:02}.example" for i in range(30)]
    zone = ["$TTL 300", "vendor.example. SOA n. h. 1 7200 900 1209600 300", 'spf.vendor.example. TXT "v=spf1 ip4:192.0.2.0/28 ~all"']
    for name in names:
        zone += [f"{name}. SOA n. h. 1 7200 900 1209600 300", f'{name}. TXT "v=spf1 include:spf.vendor.example -all"',
                 f'_dmarc.{name}. TXT "v=DMARC1; p=reject; rua=mailto:d@{name}"']
    old = folder.write("old.zone", "\n".join(zone) + "\n")
    new = folder.write("new.zone", "\n".join(line.replace("192.0.2.0/28", "192.0.2.0/24") for line in zone if "_dmarc.d17" not in line) + "\n")
    reports = []
    for zone in (old, new):
        reports.append(f"{zone}.json")
        tool("-z", zone, "-f", "json", "-o", reports[-1], "--selectors", "none", *names)
    text = tool("diff", *reports).out
    test.check(text.startswith("d17.example"), "the worse one first")
    test.check("d17.example: dmarc-missing" in text.splitlines()[-1], "and last")
    test.check(text.count("spf.vendor.example added") < 6, f"told once: {text}")
    test.check("and 16 more (-v shows each)" in text, text)
    verbose = tool("diff", "-v", *reports).out
    test.check(all(name in verbose for name in names), "each of them")
    quiet = tool("diff", "-q", *reports).out
    test.check(all(quiet.count(f"{name}  ") == 1 for name in names), f"a line a domain: {quiet}")


@test
def hostile_text(tool, folder):
    """Octets of records reach neither terminal nor JSON raw."""
    evil = ZONE.replace("ip4:198.51.100.0/28 ~all", r"\027[31mred\007 \255\254 x=\000 ~all")
    old, new = folder.report("old", ZONE), folder.report("new", evil)
    for args in ((), ("-v",), ("--color=never",)):
        done = tool("diff", *args, old, new)
        test.check("\x1b" not in done.out and "\x07" not in done.out and "\0" not in done.out, "no control in the text")
        test.check("red" in done.out, "and yet it is shown")
    folder.diff(old, new)
    with open(old, encoding="utf-8") as f:
        report = json.load(f)
    report["domains"][0]["verdict"] = "\x1b[2J\u202e"
    report["domains"][0]["findings"].append({"id": "\x1b]0;", "fingerprint": "\n\n", "severity": "error", "message": "a\nb\x9b"})
    report["started"] = ["\x1b"]
    folder.write("new", json.dumps(report))
    done = tool("diff", old, folder.path("new"))
    test.equal(done.status, 1, "an unknown finding of a later version counts")
    test.check(re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]*", done.out), repr(done.out))


@test
def same_twice(tool, folder):
    old = folder.report("old", ZONE)
    new = folder.report("new", ZONE.replace("~all", "ip4:10.0.0.0/8 include:a.example ~all"))
    outs = {tool("diff", *form, old, new).out for _ in range(3) for form in [("-f", "json")]}
    test.equal(len(outs), 1, "the same octets")
    for columns in ("60", "80", "200"):
        text = tool("diff", old, new).out
        test.check(all(len(line) <= 120 for line in text.splitlines()), "lines fit")


def main():
    tool = Tool(sys.argv[1])
    folder = Folder(tool)
    sys.exit(test.run(tool, folder))


main()
