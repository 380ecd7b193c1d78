#!/usr/bin/python3
"""Before it is published: zone files laid over live DNS (real servers on loopback), and the recipes that make zone files of
octoDNS YAML, dnscontrol print-ir and dnscontrol preview (docs/examples/before).

usage: test_before.py BINARY [TEST...]
"""

import json
import os
import subprocess
import sys
import tempfile

from lab import Lab
from test_world import NOW
from tool import ROOT, Tests, Tool, slugs

test = Tests()
RECIPES = f"{ROOT}/docs/examples/before"
NAME = "own-server.example"


class Change:
    """The zone of NAME with replacements, laid over the live lab."""

    def __init__(self, tool, lab):
        self.tool, self.lab = tool, lab
        with open(lab.path(NAME + ".zone"), encoding="utf-8") as f:
            self.zone = f.read()
        self.folder = tempfile.TemporaryDirectory()

    def __call__(self, *replaced, args=()):
        zone = self.zone
        for old, new in replaced:
            assert old in zone, old
            zone = zone.replace(old, new)
        path = f"{self.folder.name}/new.zone"
        with open(path, "w", encoding="utf-8") as f:
            f.write(zone)
        return self.tool.audit(*NOW, *self.lab.options(), "-z", path, "--live", "-s", "rsa,ed", *args, NAME)


@test
def a_change_that_breaks(tool, lab):
    change = Change(tool, lab)
    unchanged = change()
    test.equal(unchanged.status, 0, "unchanged")
    breaks = {
        "dmarc-disarmed": ("v=DMARC1; p=reject", "v=DMARC1; p=rejct"),
        "spf-unknown-mechanism": ("v=spf1 ", "v=spf1 inlude:_spf.example.com "),
        "spf-target-registrable": ("v=spf1 ", "v=spf1 include:_spf.no-such-name.example "),
        "spf-bad-address": ("v=spf1 mx ", "v=spf1 ip4:192.0.2.999 mx "),
        "mx-target-missing": ("MX\t20 mx2.", "MX\t20 mx9."),
    }
    for slug, replaced in breaks.items():
        done = change(replaced)
        test.equal((done.status, slug in slugs(done.domains[NAME])), (1, True), slug)
    live = tool.audit(*NOW, *lab.options(), "-s", "rsa,ed", NAME)
    test.equal(live.status, 0, "nothing of it is live")


@test
def what_is_outside_comes_from_live_dns(tool, lab):
    """An include of a name that only live DNS has; and the answers say who gave them."""
    change = Change(tool, lab)
    outside = change(("v=spf1 ", "v=spf1 include:microsoft-like.example "))
    tree = outside.domains[NAME]["facts"]["spf"]["tree"]
    child, = [term for term in tree["terms"] if term["term"] == "include:microsoft-like.example"]
    test.equal(child["tree"]["state"], "record", "the record came from live DNS")
    alone = tool.audit(*NOW, "-z", change.folder.name + "/new.zone", "-s", "rsa,ed", NAME)
    tree = alone.domains[NAME]["facts"]["spf"]["tree"]
    child, = [term for term in tree["terms"] if term["term"] == "include:microsoft-like.example"]
    test.equal(child["tree"]["state"], "unanswered", "without --live it is not known: no network")


@test
def a_name_that_the_change_takes_away(tool, lab):
    """What the file does not have does not exist, though it is live."""
    change = Change(tool, lab)
    lines = [line for line in change.zone.splitlines(True) if "_dmarc" in line]
    test.check(lines, "the zone has a DMARC record")
    done = change(*((line, "") for line in lines[:1]))
    test.check("dmarc-missing" in slugs(done.domains[NAME]) or done.domains[NAME]["facts"]["dmarc"]["location"] != "_dmarc." + NAME,
               "the record of the file counts, not the live one")


@test
def diff_shows_the_change(tool, lab):
    change = Change(tool, lab)
    with tempfile.TemporaryDirectory() as folder:
        tool(*NOW, *lab.options(), "-s", "rsa,ed", "-f", "json", "-o", f"{folder}/live", NAME)
        done = change(("v=DMARC1; p=reject", "v=DMARC1; p=none"))
        with open(f"{folder}/new", "w", encoding="utf-8") as f:
            f.write(done.out)
        diff = tool("diff", "-f", "json", f"{folder}/live", f"{folder}/new").report
        test.equal([r["message"] for r in diff["domains"][0]["records"]],
                   [f"_dmarc.{NAME} changed: p=reject became p=none"], "one record changed")
        gate = change(("v=DMARC1; p=reject", "v=DMARC1; p=none"), args=("--baseline", f"{folder}/live", "--fail-on", "warning"))
        test.equal((gate.status, [f["id"] for f in gate.domains[NAME]["findings"] if f["severity"] == "warning" and not f.get("waived")][:1]),
                   (1, ["dmarc-policy-none"]), "a gate for what the change makes worse")


# ---- recipes ----

def recipe(name, *args, stdin=""):
    done = subprocess.run([sys.executable, f"{RECIPES}/{name}", *args], input=stdin, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def read(name):
    with open(f"{RECIPES}/{name}", encoding="utf-8") as f:
        return f.read()


def canonical(tool, text):
    """The zone as this program reads it: its records as a recorded audit sees them."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/zone", "w", encoding="utf-8") as f:
            f.write(text)
        done = tool.audit(*NOW, "-z", f"{folder}/zone", "-z", f"{RECIPES}/vendor.zone", "-s", "s1,s2", "example.com")
        facts = done.domains["example.com"]["facts"]
        return done.status, {"spf": facts["spf"]["record"], "dmarc": facts["dmarc"]["record"], "mx": facts["mx"]["hosts"],
                             "dkim": [(s["selector"], s["status"], s["key_bits"]) for s in facts["dkim"]["selectors"]]}


WANTED = {"spf": "v=spf1 ip4:192.0.2.25 include:_spf.vendor.example -all", "dmarc": "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
          "mx": [{"preference": 10, "host": "mx1.example.com", "addresses": ["192.0.2.10", "2001:db8::10"], "resolves": True}]}


@test
def recipes_make_the_zone(tool, lab):
    both = [("s1", "ok", 2048), ("s2", "ok", 2048)]
    for name, args, stdin, keys in (("octodns2zone.py", ["example.com", f"{RECIPES}/example.com.yaml"], "", both),
                                    ("dnscontrol-ir2zone.py", [], read("print-ir.json"), both),
                                    ("dnscontrol-preview2zone.py", ["example.com", f"{RECIPES}/now.zone"], read("preview.txt"),
                                     [("s1", "ok", 2048), ("s2", "missing", None)])):
        status, out, err = recipe(name, *args, stdin=stdin)
        test.equal((status, err), (0, ""), name)
        audit, facts = canonical(tool, out)
        test.equal(facts, {**WANTED, "dkim": keys}, name)
        test.equal(audit, 0 if keys == both else 1, f"{name}: exit status of the audit")


@test
def octodns_quirks(tool, lab):
    with tempfile.TemporaryDirectory() as folder:
        def convert(text, name="z.yaml"):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
                f.write(text)
            return recipe("octodns2zone.py", "example.com", f"{folder}/{name}")
        for value, want in ((r"v=DMARC1\; p=none", "v=DMARC1; p=none"), (r'"v=DMARC1\\; p=none"', "v=DMARC1; p=none"),
                            ("v=DMARC1; p=none", "v=DMARC1; p=none"), ('"a\\"b"', r"a\034b"), (r"a\b", r"a\092b"),
                            ("caf\u00e9", r"caf\195\169"), ("1.10", "1.1"), ("x" * 600, "x" * 255 + '" "' + "x" * 255 + '" "' + "x" * 90)):
            status, out, err = convert(f"a:\n  type: TXT\n  value: {value}\n")
            test.equal((status, out.splitlines()[-1:]), (0, [f'a.example.com. 3600 TXT "{want}"']), f"{value[:30]} {err}")
        for text, what in (("'':\n  type: ALIAS\n  value: a.example.net.\n", "ALIAS"), ("a: !include b.yaml\n", "!include"),
                           ("a:\n  type: MX\n  value: {exchange: mx, preference: 1}\n", "final dot"), ("a: [\n", "z.yaml"),
                           ("a: {type: A, value: 192.0.2.1}\na: {type: A, value: 192.0.2.2}\n", "twice"), ("- a\n", "no records"),
                           ("a: {type: MX, value: {preference: 1}}\n", "no exchange"), ("a: {type: A}\n", "no value"), ("a: 3\n", "no record")):
            status, out, err = convert(text)
            test.equal((status, out, err.count("\n"), what in err), (1, "", 1, True), f"{text!r}: {err}")
        status, out, _ = convert("on:\n  type: A\n  value: 192.0.2.1\nno: {type: A, values: [192.0.2.2, 192.0.2.3], ttl: 60}\n"
                                 "mail: {type: MX, values: [{priority: 5, value: m.example.com.}]}\n"
                                 "gone: {type: A, value: 192.0.2.9, octodns: {excluded: true}}\nb\u00fccher: {type: A, value: 192.0.2.4}\n")
        test.equal(out.splitlines()[1:], ["on.example.com. 3600 A 192.0.2.1", "no.example.com. 60 A 192.0.2.2", "no.example.com. 60 A 192.0.2.3",
                                          "mail.example.com. 3600 MX 5 m.example.com.", "xn--bcher-kva.example.com. 3600 A 192.0.2.4"], "names")
        os.mkdir(f"{folder}/split")
        for name, text in (("$example.com.yaml", "'': {type: MX, value: {exchange: mx.example.com., preference: 1}}\n"),
                           ("mx.yaml", "mx: {type: A, value: 192.0.2.1}\n")):
            with open(f"{folder}/split/{name}", "w", encoding="utf-8") as f:
                f.write(text)
        test.equal(len(recipe("octodns2zone.py", "example.com", f"{folder}/split")[1].splitlines()), 3, "a split zone")


@test
def dnscontrol_quirks(tool, lab):
    ir = json.loads(read("print-ir.json"))
    ir["domains"][0]["records"].append({"type": "ALIAS", "name": "@", "ttl": 1, "target": "a.example.net."})
    status, out, err = recipe("dnscontrol-ir2zone.py", stdin=json.dumps(ir))
    test.equal((status, out, "ALIAS" in err), (1, "", True), "ALIAS")
    for text in ("", "nonsense", "[]", '{"domains": [{}]}', '{"domains": 3}'):
        status, out, err = recipe("dnscontrol-ir2zone.py", stdin=text)
        test.equal((status, out, err.count("\n")), (1, "", 1), f"{text!r}: {err}")
    test.equal(recipe("dnscontrol-ir2zone.py", "other.example", stdin=read("print-ir.json"))[0], 1, "a domain that is not in it")
    head = "******************** Domain: example.com\n"
    for line in ("#1: - DELETE example.com MX 5 nobody.example.com. ttl=300\n", "#1: change the whole zone\n",
                 "#1: + CREATE example.com A not-an-address ttl=300\n", "#1: ± MODIFY example.com TXT (no) -> (yes)\n"):
        status, out, err = recipe("dnscontrol-preview2zone.py", "example.com", f"{RECIPES}/now.zone", stdin=head + line)
        test.equal((status, out, err.count("\n")), (1, "", 1), f"{line!r}: {err}")
    colored = head + "#1: \x1b[32m+ CREATE new.example.com TXT v=spf1 -all ttl=300\x1b[0m\n#2: [1/2] create: + CREATE x.example.com A 192.0.2.1 ttl=60\n"
    status, out, _ = recipe("dnscontrol-preview2zone.py", "example.com", f"{RECIPES}/now.zone", stdin=colored)
    test.check('new.example.com. 300 IN TXT "v=spf1 -all"' in out and "x.example.com. 60 IN A 192.0.2.1" in out, out)


if __name__ == "__main__":
    with Lab(spoil=False) as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
