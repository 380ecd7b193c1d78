#!/usr/bin/python3
"""Reports of hand-made results: compared with golden files, read back by parsers, and with hostile text in every field.

usage: test_render.py [--update] RENDER_DUMP

--update rewrites the golden files: look at the difference before you keep it.
"""

import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "schema"))
import validate  # noqa: E402

UPDATE = "--update" in sys.argv
DUMP = [argument for argument in sys.argv[1:] if not argument.startswith("-")][0]
FORMATS = ["text", "json", "ndjson", "csv", "lint", "junit", "sarif", "markdown", "prometheus", "html", "github", "gitlab", "tap",
           "spf", "spf-flat"]
SAMPLES = ["broken", "healthy", "unknown"]

GOLDEN = {
    "text.utf8": ("text", "u", SAMPLES),
    "text.ascii": ("text", "", SAMPLES),
    "text.color": ("text", "uc", SAMPLES),
    "text.narrow": ("text", "u60", ["broken"]),
    "text.wide": ("text", "u132", ["broken"]),
    "text.verbose": ("text", "uv", ["broken"]),
    "text.quiet": ("text", "uq", SAMPLES),
    "text.one": ("text", "u", ["healthy"]),
    "json": ("json", "", SAMPLES),
    "lint": ("lint", "", SAMPLES),
    "csv": ("csv", "", SAMPLES),
    "csv.findings": ("csv", "f", SAMPLES),
    "junit": ("junit", "", SAMPLES),
    "markdown": ("markdown", "", SAMPLES),
}

HOSTILE = [
    b"\x1b[31mred\x1b]0;title\x07\x1b[2J",
    b"\x9b31m\xc2\x9b31m\x90\x9d",
    "\u202egnp.exe \u2066x\u2069 \u200b\u200d\ufeff \u2028\u2029".encode(),
    b"\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82",
    b"nul\0middle\0",
    b"\r\nContent-Type: text/html\n\n| a | b |\r",
    b"<script>alert(1)</script><img src=x onerror=alert(1)>&amp;<!--",
    b"]]><x/><![CDATA[\"'/>",
    b"=cmd|' /C calc'!A0",
    b"+1+1", b"-1-1", b"@SUM(1)", b"\t=1+1", b" =1+1", b"|calc", b"%0a", "\uff1d1+1".encode(),
    b"a,\"b\",c\";\"=1+1",
    b"`` ` ``` [x](javascript:alert(1)) ![i](http://evil.example/x.png) <http://evil.example>",
    b"- list\n# head\n***\n~~~\n```\ncode @user #1 $x$",
    b"\\x1b \\u{202e} \\ \\\\ \\n {lookups} %{i} %s%n",
    b"\x01A\x01~ \x02",
    b"\x7f\x08\x08\x08",
    "\u0301" .encode() * 40,
    "\u6f22\u5b57\U0001f600 ".encode() * 30,
    b"A" * 5000,
    b"word " * 1000,
    b"\"" * 300,
    bytes(range(256)) * 4,
]

# A TXT record can be this long; a report of it must still be made in no time.
LONGEST = [b"\xff" * 65500, b"\" \"" * 21833, b"a " * 32750, b"x" * 65500]


def dump(name, style, samples):
    done = subprocess.run([DUMP, name, style, *samples], capture_output=True, check=True)
    return done.stdout


def dump_each(name, style, samples):
    """A report of each sample and the healthy one."""
    out, rest = [], dump(name, style, ["each", *samples])
    while rest:
        length, rest = rest.split(b"\n", 1)
        out.append(rest[:int(length)])
        rest = rest[int(length):]
    return out


def columns(line):
    """Columns on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Goldens(unittest.TestCase):
    maxDiff = None

    def test_all(self):
        for name, (what, style, samples) in GOLDEN.items():
            with self.subTest(name):
                path = HERE / "golden" / name
                got = dump(what, style, samples).decode("utf-8")
                if UPDATE:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(got, "utf-8", newline="")
                self.assertEqual(got.splitlines(), path.read_bytes().decode("utf-8").splitlines())

    def test_fit_domains_are_brief_among_others(self):
        for samples in (["healthy", "broken"], ["broken", "healthy"], ["healthy", "unknown"]):
            brief = dump("text", "u", samples).decode("utf-8")
            whole = dump("text", "uv", samples).decode("utf-8")
            self.assertEqual(len(re.findall(r"^Checks ", brief, re.M)), 1, samples)
            self.assertEqual(len(re.findall(r"^Checks ", whole, re.M)), 2, samples)
            self.assertEqual(len(re.findall(r"^PASS  healthy.example$", brief, re.M)), 1)
            self.assertIn("in brief: -v", brief)
            self.assertNotIn("in brief", whole)
        # Two that are fit: neither is long; one alone is.
        self.assertNotRegex(dump("text", "u", ["healthy", "healthy"]).decode("utf-8"), r"(?m)^Checks ")
        self.assertRegex(dump("text", "u", ["healthy"]).decode("utf-8"), r"(?m)^Checks ")

    def test_text_fits(self):
        for style, width in (("u", 80), ("", 80), ("u60", 60), ("u132", 132), ("uv", 80)):
            for line in dump("text", style, SAMPLES).decode("utf-8").splitlines():
                with self.subTest(style, line=line):
                    self.assertLessEqual(columns(line), width)
                    self.assertEqual(line, line.rstrip())

    def test_ascii_is_ascii(self):
        for name in FORMATS:
            dump(name, "v", SAMPLES).decode("ascii")

    def test_color_adds_nothing_else(self):
        plain = dump("text", "u", SAMPLES)
        colored = dump("text", "uc", SAMPLES)
        self.assertNotIn(b"\x1b", plain)
        self.assertEqual(re.sub(rb"\x1b\[[0-9;]*m", b"", colored), plain)

    def test_same_twice(self):
        for name in FORMATS:
            self.assertEqual(dump(name, "u", SAMPLES), dump(name, "u", SAMPLES))

    def test_go_lines(self):
        text = dump("text", "u", SAMPLES).decode("utf-8")
        self.assertEqual(re.findall(r"^(GO|NO-GO|HOLD) +(\S+)", text, re.M),
                         [("NO-GO", "broken.example"), ("HOLD", "silent.example"), ("GO", "healthy.example")])

    def test_holes(self):
        """Whatever part of the facts is missing, every format has a report and no key of the JSON vanishes."""
        validator = validate.Validator()
        for name in FORMATS:
            for number, out in enumerate(dump_each(name, "u", [f"hole{number}" for number in range(9)])):
                with self.subTest(name, hole=number):
                    if name == "json":
                        self.assertEqual(list(validator.faults(out.decode("utf-8"), name)), [])

    def test_unknown_is_null(self):
        facts = json.loads(dump("json", "", ["unknown"]))["domains"][0]["facts"]
        self.assertIsNone(facts["mx"]["null_mx"])
        self.assertIsNone(facts["spf"]["record"])
        self.assertIsNone(facts["spf"]["lookups"])
        self.assertIsNone(facts["dmarc"]["policy"])
        self.assertIsNone(facts["mta_sts"]["present"])
        self.assertEqual(facts["spoofable"]["verdict"], "unknown")


class Manual(unittest.TestCase):
    def test_every_key_is_described(self):
        def walk(node):
            if isinstance(node, dict):
                properties = node.get("properties")
                yield from properties if isinstance(properties, dict) else ()
                for value in node.values():
                    yield from walk(value)
            elif isinstance(node, list):
                for value in node:
                    yield from walk(value)

        page = (HERE.parents[1] / "docs" / "man" / "domaincheck-report.5").read_text("utf-8")
        schema = json.loads(validate.SCHEMA.read_text("utf-8"))
        self.assertEqual([key for key in sorted(set(walk(schema))) if not re.search(rf"\b{key}\b", page)], [])


class Hostile(unittest.TestCase):
    """Every payload in every field of every format."""

    def each(self, name, style="u"):
        for payload, out in zip(HOSTILE, dump_each(name, style, [payload.hex() for payload in HOSTILE]), strict=True):
            with self.subTest(name, payload=payload[:40]):
                yield payload, out

    def test_no_octet_does_harm(self):
        for name in FORMATS:
            for style in ("u", "", "v"):
                for _, out in self.each(name, style):
                    for c in set(out.decode("utf-8")):
                        if c == "\n" or (c == "\r" and name == "csv"):
                            continue
                        self.assertNotIn(unicodedata.category(c), ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"), repr(c))

    def test_longest(self):
        for name in FORMATS:
            for payload in LONGEST:
                with self.subTest(name, payload=payload[:4]):
                    with tempfile.NamedTemporaryFile("w") as file:
                        file.write(payload.hex())
                        file.flush()
                        done = subprocess.run([DUMP, name, "u", "@" + file.name], capture_output=True, timeout=20)
                    self.assertEqual(done.returncode, 0)

    def test_json(self):
        validator = validate.Validator()
        for name in ("json", "ndjson"):
            for payload, out in self.each(name):
                self.assertEqual(list(validator.faults(out.decode("ascii"), name)), [])
                first = json.loads(out)["domains"][0] if name == "json" else json.loads(out.splitlines()[0])
                try:
                    self.assertEqual(first["domain"], payload.decode("utf-8"))
                except UnicodeDecodeError:
                    self.assertIn("\\x", first["domain"])

    def test_lines(self):
        """Nothing that came from the network begins a line of its own."""
        for _, out in self.each("ndjson"):
            self.assertEqual(out.count(b"\n"), 2)
        for _, out in self.each("lint"):
            for line in out.decode("ascii").splitlines():
                self.assertRegex(line, r"^.*: (error|warning|notice): [a-z-]+: .* \[[a-z-]+\]")

    def test_text_fits(self):
        for style, width in (("u", 80), ("", 80), ("u60", 60), ("u1", 60)):
            for _, out in self.each("text", style):
                for line in out.decode("utf-8").splitlines():
                    if not re.match("GO|NO-GO|HOLD|  ", line):
                        self.assertLessEqual(columns(line), width, line)

    def test_csv(self):
        for style in ("", "f"):
            for _, out in self.each("csv", style):
                self.assertTrue(out.endswith(b"\r\n"))
                self.assertEqual(out.count(b"\n"), out.count(b"\r\n"))
                rows = list(csv.reader(io.StringIO(out.decode("ascii"), newline=""), strict=True))
                for row in rows:
                    self.assertEqual(len(row), len(rows[0]))
                    for cell in row:
                        self.assertFalse(cell.strip()[:1] and cell.strip()[0] in "=+-@|%", cell)
                # A reader that cuts at semicolons or tabs finds no formula either: all text is quoted.
                self.assertNotRegex(out.decode("ascii"), r"[;\t]\s*[=+@]\w*[^\"]*\r\n(?!\")")

    def test_junit(self):
        tags = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}
        for payload, out in self.each("junit"):
            root = xml.etree.ElementTree.fromstring(out)
            self.assertLessEqual({element.tag for element in root.iter()}, tags)
            self.assertEqual(len(root), 2)
            for suite in root:
                cases = list(suite)
                self.assertEqual(int(suite.get("tests")), len(cases))
                self.assertEqual(int(suite.get("failures")), sum(c.find("failure") is not None for c in cases))
                self.assertEqual(int(suite.get("errors")), sum(c.find("error") is not None for c in cases))
            if payload.isascii() and payload.decode().isprintable() and b"\\" not in payload:
                self.assertEqual(root[0].get("name"), payload.decode())

    def test_sarif(self):
        for _, out in self.each("sarif"):
            run, = json.loads(out.decode("ascii"))["runs"]
            rules = run["tool"]["driver"]["rules"]
            for result in run["results"]:
                self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
                self.assertIn(result["level"], ("none", "note", "warning", "error"))
                self.assertEqual(result["kind"] == "fail", result["level"] != "none")
                uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                self.assertRegex(uri, r"^dns/([A-Za-z0-9._-]|%[0-9A-F]{2})*$")
                self.assertTrue(result["message"]["text"])

    def test_prometheus(self):
        """Every line is a sample with the labels of its metric, and one value."""
        text = r'"([^"\\\n]|\\["\\])*"'
        for _, out in self.each("prometheus"):
            for line in out.decode("ascii").splitlines():
                self.assertRegex(line, rf"^(# (HELP|TYPE) .*|domaincheck_\w+(\{{\w+={text}(,\w+={text})*\}})? -?[0-9.]+)$")

    def test_markdown(self):
        """Outside code spans there is nothing but our own words and tags."""
        for _, out in self.each("markdown"):
            for line in out.decode("ascii").splitlines():
                bare = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
                bare = re.sub(r"</?details( open)?>|</?summary>|<br>|&#\d+;|\*\*[a-z ]+\*\*|\*Accepted:\*", "", bare)
                bare = re.sub(r"\\[!-/:-@[-`{-~]", "", bare)
                self.assertNotRegex(bare, r"[<>`\[\]]|https?:|@", line)

    def test_markdown_as_html(self):
        """GitHub's own renderer makes the same elements of every payload: none of its own, no link."""
        seen = set()
        for _, out in self.each("markdown"):
            command = ["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist"]
            html = subprocess.run(command, input=out, capture_output=True, check=True).stdout.decode("utf-8")
            seen.add(tuple(re.findall(r"<[^>]*>", html)))
        self.assertEqual(len(seen), 1)
        self.assertFalse([tag for tag in seen.pop() if re.match("<(a|img|script|input)\\b", tag)])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
