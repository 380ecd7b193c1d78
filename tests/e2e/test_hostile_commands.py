#!/usr/bin/python3
"""Hostile octets in what the other subcommands read, and in what is complained of: nothing of theirs acts on who reads it.

usage: test_hostile_commands.py BINARY [TEST...]

The records of test_hostile_output.py as two reports that are compared, collected, merged and asked for; messages with a payload in every
field; names, files, options and texts on the command line. Each output is UTF-8 without controls and without characters that
deceive, and its format's reader takes it.
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

import test_hostile_output
from test_hostile_output import CANARY, CLOCK, NAMES, PAYLOADS, Reports, hostile_points, pieces
from tool import Tests, scratch

test = Tests()
LINES = ("text", "markdown", "github", "lint", "tap")  # formats whose lines mean something


def raw(payload):
    """The octets that a zone file's escapes stand for."""
    return b"".join(bytes([int(p[1:])]) if re.fullmatch(r"\\\d{3}", p) else p.lstrip("\\").encode() or b"\\" for p in pieces(payload))


class Commands:
    def __init__(self, binary):
        self.reports, self.folder = Reports(binary), scratch()
        self.tool = self.reports.tool
        self.old, self.new = self.write("old", self.audit("json", NAMES[:4])), self.write("new", self.audit("json", NAMES, "-s", "s1,s2"))
        self.lines = self.write("lines", self.audit("ndjson", NAMES, "-s", "s1,s2"))
        self.twin = self.write("twin", self.twins())

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, octets):
        with open(self.path(name), "wb") as f:
            f.write(octets)
        return self.path(name)

    def audit(self, form, names, *more):
        return self("-z", self.reports.zone, *CLOCK, *more, "-f", form, *names).stdout

    def twins(self):
        """The same domains, all of them judged otherwise."""
        with open(self.reports.zone, encoding="latin-1") as f:
            zone = f.read().replace("-all", "~all").replace("v=DMARC1; p=", "v=DMARC1; sp=").replace("MX 10", "MX 30")
        path = self.path("twin.zone")
        with open(path, "w", encoding="latin-1") as f:
            f.write(zone)
        return self("-z", path, *CLOCK, "-s", "s1,s2", "-f", "json", *NAMES).stdout

    def __call__(self, *args):
        return subprocess.run([self.tool.binary, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, env=self.tool.env)


def is_inert(form, octets, what):
    try:
        shown = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        test.check(False, f"{what}: {error}")
        return
    bad = sorted(set(re.findall("[\x00-\x08\x0b-\x1f\x7f]", shown.replace("\r\n", "\n") if form == "csv" else shown)))
    test.equal(bad, [], f"{what}: control characters")
    test.equal(hostile_points(shown), [], f"{what}: characters that deceive")
    if form in ("json", "sarif", "gitlab"):
        json.loads(shown)
    elif form == "ndjson":
        for line in shown.splitlines():
            json.loads(line)
    elif form == "junit":
        xml.etree.ElementTree.fromstring(shown)
    elif form == "html":
        tags = set(re.findall(r"<([a-z]+)", shown))
        test.equal(tags & {"img", "iframe", "object", "embed", "base", "form"}, set(), f"{what}: elements")
        test.equal(shown.count("<script"), shown.count("</script>"), f"{what}: scripts")
        test.check(f"<script>{CANARY}" not in shown and "onerror=kanarienvogel()>" not in re.sub("&lt;.*?&gt;", "", shown), f"{what}: theirs")
    if form in LINES:
        for line in shown.splitlines():
            test.check(not re.match(r"\s*::(?!(error|warning|notice|group|endgroup)\b)|\s*##\[", line) and not line.startswith(f"::error::{CANARY}"),
                       f"{what}: {line[:80]!r}")
    if form == "markdown":
        page = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink"], input=octets, capture_output=True, check=True).stdout.decode()
        test.equal(re.findall(r"<(?:script|img|iframe|style|b|svg|kanarienvogel)\b[^>]*>", page)[:3], [], f"{what}: elements")
        links = [link for link in re.findall(r'href="([^"]*)"', page) if CANARY in link or "192.0.2.1" in link]
        test.equal(links[:3], [], f"{what}: links")


def is_clean_complaint(done, what):
    err = done.stderr
    test.equal(sorted(set(re.findall(rb"[\x00-\x08\x0b-\x1f\x7f]", err))), [], f"{what}: controls on standard error")
    test.equal(hostile_points(err.decode("utf-8", "replace")), [], f"{what}: deceiving characters on standard error")


@test
def compared(run):
    for form in ("text", "json"):
        for more in ((), ("-v",)):
            for pair in ((run.old, run.new), (run.new, run.twin), (run.twin, run.lines)):
                done = run("diff", "-f", form, *more, *pair)
                test.check(done.returncode in (0, 1, 3), f"diff -f {form}: {done.returncode} {done.stderr[-200:]}")
                is_inert(form, done.stdout, f"diff -f {form} {more} {os.path.basename(pair[0])}")
                is_clean_complaint(done, f"diff -f {form}")
    test.check(run("diff", run.new, run.twin).stdout.count(CANARY.encode()) > 20, "the payloads are hardly shown: this test proves nothing")


@test
def collected(run):
    store = run.path("store")
    for report in (run.old, run.new, run.twin):
        done = run("history", "--db", store, report)
        test.check(done.returncode == 0, f"history: {done.returncode} {done.stderr[-300:]}")
        is_inert("text", done.stdout, "history after a report")
    for form in ("text", "json"):
        for more in ((), ("-v",), ("--domain", NAMES[0])):
            done = run("history", "--db", store, "-f", form, *more)
            test.check(done.returncode == 0, f"history -f {form}: {done.returncode} {done.stderr[-200:]}")
            is_inert(form, done.stdout, f"history -f {form} {more}")
    done = run("-z", run.reports.zone, *CLOCK, "--history", store, "--baseline", "history:" + store, "-f", "html", *NAMES)
    test.check(done.returncode in (0, 1, 3), f"--history: {done.stderr[-200:]}")
    is_inert("html", done.stdout, "--history -f html")


@test
def merged(run):
    for form in ("json", "ndjson", "html", "prometheus"):
        done = run("merge", "-f", form, run.lines)
        test.check(done.returncode in (0, 1, 3), f"merge -f {form}: {done.returncode} {done.stderr[-200:]}")
        is_inert(form, done.stdout, f"merge -f {form}")


@test
def reports_that_lie(run):
    """What is read back need not come from us: payloads as keys and values where ours never stand."""
    with open(run.new, encoding="utf-8") as f:
        report = json.load(f)
    for i, payload in enumerate(PAYLOADS.values()):
        text = raw(payload).decode("latin-1").replace("\0", "")
        domain = report["domains"][i]
        domain["findings"] += [{"id": text, "fingerprint": text, "severity": text, "message": text, "subject": text, "check": text}]
        domain["facts"][text] = {text: [text, {"name": text, "id": text}]}
        domain["verdict"] = domain["verdict"] if i % 2 else text
    liar = run.write("liar", json.dumps(report).encode())
    lines = run.write("liar.nd", b"".join(json.dumps(d).encode() + b"\n" for d in report["domains"]))
    store = run.path("store-of-lies")
    for form in ("text", "json"):
        for args in (("diff", "-f", form, run.new, liar), ("diff", "-f", form, liar, run.old)):
            done = run(*args)
            is_inert(form, done.stdout, f"diff -f {form} with a liar")
            is_clean_complaint(done, "a liar")
    for form in ("json", "html", "prometheus"):
        done = run("merge", "-f", form, lines)
        is_inert(form, done.stdout, f"merge -f {form} of a liar")
        is_clean_complaint(done, "merge of a liar")
    is_clean_complaint(run("history", "--db", store, liar), "history of a liar")
    for form in ("text", "json"):
        is_inert(form, run("history", "--db", store, "-v", "-f", form).stdout, f"history -f {form} of a liar")
    done = run("-z", run.reports.zone, *CLOCK, "--baseline", liar, "-f", "text", *NAMES)
    is_inert("text", done.stdout, "--baseline of a liar")


@test
def messages(run):
    forms, judged = test_hostile_output.formats(run.reports), 0
    for name, payload in PAYLOADS.items():
        octets = raw(payload).replace(b"\n", b"").replace(b"\r", b"\r ")
        path = run.write("message", b"".join([
            b"Return-Path: <" + octets + b"@h0.example>\r\n", b"Received: from " + octets + b" (x [192.0.2.1]) by " + octets + b"; now\r\n",
            b"DKIM-Signature: v=1; a=" + octets + b"; d=" + octets + b"; s=" + octets + b"; h=from; bh=" + octets + b"; b=" + octets + b"\r\n",
            b"DKIM-Signature: v=1; a=rsa-sha256; d=h0.example; s=s1; i=" + octets + b"; h=from:" + octets + b"; bh=AA==; b=AAAA\r\n",
            b"DKIM-Signature: " + octets + b"\r\n", b"From: \"" + octets + b"\" <" + octets + b"@h0.example>\r\n", octets + b": " + octets + b"\r\n",
            b"List-Unsubscribe: <" + octets + b">\r\n\r\n", octets]))
        for form in forms if name in ("title", "html", "utf8") else ("text", "json"):
            done = run("message", "-z", run.reports.zone, *CLOCK, "-f", form, path)
            test.check(done.returncode in (0, 1, 2, 3), f"message {name} -f {form}: {done.returncode} {done.stderr[-200:]}")
            is_clean_complaint(done, f"message {name}")
            if done.returncode != 2:
                is_inert(form, done.stdout, f"message {name} -f {form}")
                judged += 1
    test.check(judged > 40, f"only {judged} reports of messages")


@test
def complaints(run):
    """What the user, or who wrote the merge request, put on the command line and into files."""
    zone = run.reports.zone
    for name, payload in PAYLOADS.items():
        octets = raw(payload).replace(b"\0", b"")
        for args in ((octets,), ("-z", zone, octets + b".example"), ("-f", octets, "x.example"), ("--set", octets + b"=off", "x.example"), ("-z", b"/nowhere/" + octets, "x.example"),
                     ("-o", b"/nowhere/" + octets, "-z", zone, NAMES[0]), ("-s", octets, "-z", zone, NAMES[0]), ("--ip", octets, "x.example"), ("--helo", octets, "-z", zone, NAMES[0]),
                     ("--mail-from", octets, "-z", zone, NAMES[0]), ("--now", octets, "x.example"), ("-n", octets, "x.example"), ("-p", octets, "x.example"), (b"--" + octets,),
                     ("explain", octets), ("message", b"/nowhere/" + octets), ("diff", octets, octets), ("profiles", octets), ("completion", octets), ("spf", octets),
                     ("history", "--db", b"/nowhere/" + octets), ("merge", b"/nowhere/" + octets), ("--what-if", octets, "-z", zone, NAMES[0]), ("-c", b"/nowhere/" + octets)):
            done = run(*args)
            what = f"{name}: {args[0] if isinstance(args[0], str) else 'argument'} …"
            test.check(done.returncode in (0, 1, 2, 3, 4), f"{what}: {done.returncode}")
            is_clean_complaint(done, what)
            is_inert("text", done.stdout, what)


@test
def complaints_about_files(run):
    zone = run.reports.zone
    for name, payload in PAYLOADS.items():
        octets = raw(payload)
        path = run.write("file", octets + b"\n" + octets + b": " + octets + b"\n")
        for args in (("-z", path, "x.example"), ("-i", path, "-z", zone), ("--waivers", path, "-z", zone, NAMES[0]), ("-c", path, "-z", zone), ("--replay", path),
                     ("--baseline", path, "-z", zone, NAMES[0]), ("message", path, "-z", zone), ("diff", path, path), ("merge", path), ("history", "--db", path),
                     ("--dkim-key", "s1=" + path, "-z", zone, NAMES[0]), ("--resume", path, "-f", "ndjson", "-z", zone, NAMES[0]), ("--resolv-conf", path, "--timeout", "0.1", "x.example"),
                     ("--psl", path, "-z", zone, NAMES[0]), ("--trust-anchor", path, "-z", zone, NAMES[0]), ("--ca-file", path, "-z", zone, NAMES[0])):
            done = run(*args)
            what = f"{name} in a file: {args[0]} …"
            test.check(done.returncode in (0, 1, 2, 3, 4), f"{what}: {done.returncode}")
            is_clean_complaint(done, what)
            is_inert("text", done.stdout, what)


def main():
    return test.run(Commands(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
