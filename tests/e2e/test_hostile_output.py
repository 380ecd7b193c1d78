#!/usr/bin/python3
"""Hostile records in every format: nothing of theirs acts on who reads the report.

usage: test_hostile_output.py BINARY [TEST...]

Every slot of a domain's records carries a payload: names, SPF terms, DKIM and DMARC tags, policies, reverse names. Each format
is then read by what reads it: a terminal (tmux), CommonMark (cmark-gfm), and parsers of JSON, CSV, XML, TAP and the exposition
format. HTML in a browser is test_html.py's.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

from lab import die_with_parent
from tool import Tests, Tool, scratch

test = Tests()
CLOCK = ("--now", "2026-11-20T12:00:00Z")
CANARY = "kanarienvogel"  # part of what would act

# As a zone file writes them: \DDD is one octet
PAYLOADS = {
    "title": r"\027]0;kanarienvogel\007",
    "clear": r"\027[2J\027[31m\027[1;1Hkanarienvogel",
    "answerback": r"\027[c\005\027Z\027[6n",
    "c1": "\\155" + r"31mkanarienvogel\194\155" + r"2Jx",
    "dcs": r"\027P+q544e\027\092\027]52\;c\;a2FuYXJpZW52b2dlbA==\007",
    "carriage": r"kanarienvogel\013PASS\008\008\127\011\012",
    "newline": r"x\010kanarienvogel\010::error::kanarienvogel\010ok 99 - kanarienvogel",
    "bidi": r"\226\128\174kanarienvogel\226\129\166x\226\129\169\226\128\139\239\187\191\226\128\168y",
    "tags": r"\243\160\129\129\243\160\129\191\225\158\180\204\129\204\129\204\129",
    "nul": r"a\000kanarienvogel",
    "utf8": r"\255\254\192\128\237\160\128\244\144\128\128\195",
    "html": r"<script>kanarienvogel()</script><img/src=x/onerror=kanarienvogel()>&kanarienvogel\;",
    "markdown": r"[kanarienvogel](javascript:kanarienvogel)![x](http://192.0.2.1/kanarienvogel)`<b>`|*x*|\n#",
    "autolink": r"https://192.0.2.1/kanarienvogel",
    "xml": r"]]><!DOCTYPE/x/\[<!ENTITY/kanarienvogel/SYSTEM/\"file:///etc/passwd\">]>\008\254\255<kanarienvogel>",
    "formula": r"=HYPERLINK(\"http://192.0.2.1/kanarienvogel\")",
    "formula2": r"@SUM(1+1)*cmd|'/C/kanarienvogel'!A0",
    "formula3": r"+1+kanarienvogel\009\013-2",
    "label": r"\"} 1\010kanarienvogel 1\010#",
    "format": r"%n%s%x%kanarienvogel$(kanarienvogel)${kanarienvogel}{{kanarienvogel}}",
}
LONG_LABELS = ".".join(["a"] * 120)


def pieces(payload):
    """One octet each."""
    return re.findall(r"\\\d{3}|\\.|.", payload, re.S)


def txt(content):
    """As strings of a TXT record."""
    octets = pieces(content)
    return "TXT " + " ".join('"' + "".join(octets[i:i + 250]) + '"' for i in range(0, len(octets), 250))


def in_name(payload):
    """As one label or more of a name: at most 63 octets, dots escaped."""
    out, octets = "", 0
    for piece in pieces(payload):
        if octets == 60:
            break
        out += "\\" + piece if piece in '.;"@$()' or piece == " " else piece
        octets += 1
    return out


def zone():
    lines = ["$TTL 300"]
    for i, payload in enumerate([*PAYLOADS.values(), "long", "labels"]):
        d, p = f"h{i}.example", payload.replace('"', "").replace("\\\"", "")
        if payload == "long":
            strings = " ".join(['"' + "A" * 255 + '"'] * 250)
            lines += [f'{d}. SOA ns.{d}. h.{d}. 1 7200 900 1209600 300', f"{d}. NS ns.{d}.", f'{d}. TXT "v=spf1 " {strings}',
                      f"_dmarc.{d}. TXT \"v=DMARC1; p=\" {strings}", f's1._domainkey.{d}. TXT "v=DKIM1; p=" {strings}']
            continue
        n = LONG_LABELS if payload == "labels" else in_name(p) + "." + d
        lines += [f"{d}. SOA ns.{d}. h.{d}. 1 7200 900 1209600 300", f"{d}. NS ns.{d}.", f"ns.{d}. A 192.0.2.1", f"{d}. A 192.0.2.{i}",
                  f"{d}. MX 10 {n}.", f"{d}. MX 20 mx.{d}.", f"mx.{d}. CNAME {n}.", f"s2._domainkey.{d}. CNAME {n}.",
                  f"{d}. " + txt(f"v=spf1 include:{p} a:{p} exp={p} x={p} {p} -all"),
                  f"_dmarc.{d}. " + txt(f"v=DMARC1; p={p}; rua=mailto:{p}@{d}; {p}={p}; adkim={p}"),
                  f"s1._domainkey.{d}. " + txt(f"v=DKIM1; k={p}; n={p}; h={p}; t={p}; p={p}"),
                  f"_mta-sts.{d}. " + txt(f"v=STSv1; id={p}"), f"_smtp._tls.{d}. " + txt(f"v=TLSRPTv1; rua={p}"),
                  f"default._bimi.{d}. " + txt(f"v=BIMI1; l=https://{p}/x.svg; a={p}"), f'{d}. CAA 0 issue "{p}"',
                  f"{i}.2.0.192.in-addr.arpa. PTR {n}."]
    lines += ["2.0.192.in-addr.arpa. SOA ns.h0.example. h.h0.example. 1 7200 900 1209600 300"]
    return "\n".join(lines) + "\n"


NAMES = [f"h{i}.example" for i in range(len(PAYLOADS) + 2)]


class Reports:
    """One run, every format, and where it can be long also the verbose one."""

    def __init__(self, binary):
        self.tool, self.folder = Tool(binary), scratch()
        self.zone = os.path.join(self.folder, "zone")
        with open(self.zone, "w", encoding="latin-1") as f:
            f.write(zone())
        self.args = (*CLOCK, "-z", self.zone, "-s", "s1,s2", "--ip", ",".join(f"192.0.2.{i}" for i in range(len(PAYLOADS))), "--helo", "h0.example")
        self.kept = {}

    def __call__(self, form, *more):
        if more not in self.kept:
            self.kept[more] = self.run(*more)
        return self.kept[more][form]

    def run(self, *more):
        """All formats at once."""
        paths = {form: os.path.join(self.folder, f"report.{form}") for form in formats(self)}
        outputs = [word for form, path in paths.items() for word in ("-f", form, "-o", path)]
        done = subprocess.run([self.tool.binary, *self.args, *outputs, *more, *NAMES], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=120, env=self.tool.env)
        if done.returncode not in (0, 1, 3):
            raise RuntimeError(f"exit status {done.returncode} {done.stderr[-500:]}")
        stray = [line for line in done.stderr.split(b"\n") if re.search(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]", line)]
        if stray:
            raise RuntimeError(f"on standard error {stray[:3]}")
        reports = {}
        for form, path in paths.items():
            with open(path, "rb") as f:
                reports[form] = f.read()
        return reports


def formats(reports):
    done = reports.tool("-f", "nonsense", "h0.example")
    return done.err.strip().rsplit(": ", 1)[1].split()


# Code points that change how others are shown, or are not seen
DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\u2028\u2029\u061c\u180e\U000e0000-\U000e007f\x80-\x9f]")


def hostile_points(shown):
    return sorted({hex(ord(c)) for c in DECEIVING.findall(shown)})


@test
def no_control_octets(reports):
    """Whatever the format: UTF-8, no control but the format's own line ends and tabs, and colours where they were asked for."""
    names = formats(reports)
    test.check(len(names) >= 12, f"formats: {names}")
    test.check(reports("text").count(CANARY.encode()) > 300, "the payloads are hardly shown: this test proves nothing")
    for form in names:
        for more in ((), ("-v",), ("--color", "always"), ("--csv", "findings")):
            if more[:1] == ("--csv",) and form != "csv":
                continue
            raw = reports(form, *more)
            try:
                shown = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                test.check(False, f"{form} {more}: {error}")
                continue
            if "always" in more:
                shown = re.sub(r"\x1b\[[0-9;]*m", "", shown)
            bad = sorted(set(re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]" if form == "csv" else "[\x00-\x08\x0b-\x1f\x7f]", shown)))
            test.equal(bad, [], f"{form} {more}: control characters")
            if form not in ("json", "ndjson", "sarif", "gitlab"):  # escapes of JSON are tested by its parser
                test.equal(hostile_points(shown), [], f"{form} {more}: characters that deceive")


@test
def json_parses(reports):
    for form in ("json", "sarif", "gitlab"):
        value = json.loads(reports(form))
        test.check(value, form)
    for line in reports("ndjson").decode().splitlines():
        json.loads(line)
    test.equal(len(reports("ndjson").decode().splitlines()), len(NAMES), "lines of ndjson")
    for form in ("json", "ndjson", "sarif", "gitlab"):
        test.equal(hostile_points(reports(form).decode()), [], f"{form}: characters that deceive who reads the file itself")


@test
def spreadsheets(reports):
    for more in ((), ("--csv", "findings")):
        shown = reports("csv", *more).decode()
        rows = list(csv.reader(io.StringIO(shown, newline=""), strict=True))
        test.check(len(rows) > len(NAMES), f"{more}: {len(rows)} rows")
        test.equal({len(row) for row in rows}, {len(rows[0])}, f"{more}: columns")
        formulas = [cell[:60] for row in rows[1:] for cell in row if re.match(r"\s*[=+@\t\r]|\s*-[^0-9]", cell)]
        test.equal(formulas[:3], [], f"{more}: formulas")


@test
def xml_parses(reports):
    root = xml.etree.ElementTree.fromstring(reports("junit"))
    allowed = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out", "system-err", "properties", "property"}
    test.equal({element.tag for element in root.iter()} - allowed, set(), "elements of JUnit")
    test.check(b"<!" not in reports("junit").replace(b"<![CDATA[", b""), "JUnit: a declaration")


@test
def markdown_is_inert(reports):
    """Rendered with everything that is allowed in it: no element or address of theirs."""
    for extra in ([], ["--unsafe"]):
        page = subprocess.run(["cmark-gfm", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist", *extra],
                              input=reports("markdown"), capture_output=True, check=True).stdout.decode()
        test.equal(re.findall(r"<(?:script|img|iframe|style|b|svg|kanarienvogel)\b[^>]*>", page)[:3], [], "elements")
        links = re.findall(r'href="([^"]*)"', page)
        test.equal([link for link in links if CANARY in link or "192.0.2.1" in link][:3], [], "links")


@test
def commands_of_workflows(reports):
    """GitHub reads lines that begin with "::" as commands."""
    for form in ("github", "text", "lint", "markdown"):
        for line in reports(form).decode().splitlines():
            if re.match(r"\s*::|##\[", line):
                test.check(form == "github" and re.match(r"::(error|warning|notice|group|endgroup)\b", line), f"{form}: {line[:80]!r}")
                test.check(not line.startswith(f"::error::{CANARY}"), f"{form}: {line[:80]!r}")


@test
def tap_is_whole(reports):
    shown = reports("tap").decode()
    plan = re.search(r"^1\.\.(\d+)$", shown, re.M)
    points = re.findall(r"^(?:not )?ok (\d+)", shown, re.M)
    test.check(plan and int(plan[1]) == len(points), f"TAP: {plan and plan[0]} and {len(points)} points")
    test.check(f"ok 99 - {CANARY}" not in shown.splitlines(), "TAP: a point of theirs")


@test
def metrics_are_ours(reports):
    names = {re.match(r"([a-zA-Z_:][a-zA-Z0-9_:]*)", line)[1] for line in reports("prometheus").decode().splitlines()
             if line and not line.startswith("#")}
    test.equal({name for name in names if not name.startswith("domaincheck_")}, set(), "metrics")


class Terminal:
    """tmux without a server of anybody else's."""

    def __init__(self, folder):
        self.socket = os.path.join(folder, "tmux")
        self("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50", "-s", "t", "sh")
        self("set", "-g", "history-limit", "200000")
        self("set", "-g", "allow-rename", "on")
        self("set", "-g", "set-clipboard", "on")
        self("new-window", "-t", "t:1", "cat > " + os.path.join(folder, "typed"))  # what a terminal would type by itself lands here

    def __call__(self, *args):
        done = subprocess.run(["tmux", "-S", self.socket, *args], capture_output=True, text=True, preexec_fn=die_with_parent, timeout=30,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "screen-256color"})
        return done.stdout

    def show(self, path):
        """What is on the screen and above it once the file was shown; title and clipboard."""
        self("respawn-window", "-k", "-t", "t:1", f"sh -c 'stty -echo; cat {path}; echo; echo END-OF-FILE; cat > {path}.typed'")
        end = time.monotonic() + 20
        while "END-OF-FILE" not in self("capture-pane", "-p", "-t", "t:1") and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)
        return (self("capture-pane", "-p", "-J", "-S", "-", "-t", "t:1"), self("display", "-p", "-t", "t:1", "#{pane_title}|#{window_name}"),
                self("show-buffer"))

    def end(self):
        self("kill-server")


@test
def terminal_is_left_alone(reports):
    terminal = Terminal(reports.folder)
    try:
        for form in ("text", "lint", "github"):
            path = os.path.join(reports.folder, "shown." + form)
            shown = reports(form)
            with open(path, "wb") as f:
                f.write(shown)
            screen, title, clipboard = terminal.show(path)
            test.check(CANARY not in title, f"{form}: the title became {title!r}")
            test.check(CANARY not in clipboard, f"{form}: the clipboard became {clipboard[:60]!r}")
            with open(path + ".typed", "rb") as f:
                test.equal(f.read(), b"", f"{form}: the terminal answered")
            want = [line.rstrip() for line in shown.decode().expandtabs(8).splitlines() if line.strip()]
            have = [line.rstrip() for line in screen.splitlines() if line.strip()]
            if not re.search("[^\x00-\x7f]", shown.decode()) and len(want) < 100000:
                missing = [line for line in want if line not in set(have)]
                test.equal(missing[:2], [], f"{form}: lines that the screen does not show as they are")
            test.check(have and have[-1] == "END-OF-FILE", f"{form}: the screen ends in {have[-1:]}")
        # The harness itself: a raw payload does change the title.
        path = os.path.join(reports.folder, "raw")
        with open(path, "wb") as f:
            f.write(b"\x1b]2;" + CANARY.encode() + b"\x07")
        test.check(CANARY in terminal.show(path)[1], "a raw title sequence goes unseen: this test proves nothing")
    finally:
        terminal.end()


def main():
    return test.run(Reports(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
