#!/usr/bin/python3
"""The CSV reports: read by Python's csv and by LibreOffice, their columns documented, nothing in them a formula.

usage: test_csv.py BINARY
"""

import csv
import io
import os
import re
import subprocess
import sys
import tempfile
import unittest

from lab import HERE

BINARY = os.path.abspath(sys.argv.pop(1))
ROOT = os.path.dirname(os.path.dirname(HERE))
DEMO = os.path.join(ROOT, "data", "demo", "demo.zone")

FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1-1", "@SUM(1+1)", r"\009=1+1", " =1+1", "a;=1+1", "%0a=1+1",
            r'=HYPERLINK(\"http://192.0.2.1/\")', "'=1+1"]

# As in a zone file, and as in a cell: what is no printable ASCII is escaped, and so is the backslash, but nothing twice
ESCAPES = [(r"\255\254", r"\xff\xfe"), (r"\255 a\\b", r"\xff a\\b"), (r"\255 \\x41", r"\xff \\x41"), (r"a\\b", r"a\\b"),
           (r"\195\169", r"\u{e9}"), (r"\195\169\255", r"\u{e9}\xff"), (r"\226\128\174", r"\u{202e}"),
           (r"\226\128\174\255", r"\u{202e}\xff"), (r"\255\010", r"\xff\x0a"), (r"\010\000", r"\x0a\x00"), (r"\\x41", r"\\x41"),
           (r"\\u{e9", r"\\u{e9"), (r"\\u{41}", r"\\u{41}"), (r"\\", r"\\"), (r"\\\\\\", r"\\\\"),
           (r"\"\\\"", r'"\\"'), (r"\\xff", r"\xff")]


def zone():
    """A domain for each text: as its SPF include, as its DMARC record's tag, and as an MX host."""
    lines = ["$TTL 300"]
    for i, text in enumerate(FORMULAS + [text for text, _ in ESCAPES]):
        lines += [f"f{i}.example. SOA ns.f{i}.example. h.f{i}.example. 1 7200 900 1209600 300",
                  f"f{i}.example. NS ns.f{i}.example.", f"ns.f{i}.example. A 192.0.2.1",
                  f'f{i}.example. TXT "v=spf1 {text} -all"', f'_dmarc.f{i}.example. TXT "v=DMARC1; p={text}"',
                  f'f{i}.example. MX 10 ns.f{i}.example.']
    return "\n".join(lines) + "\n"


def audit(*args):
    return subprocess.run([BINARY, *args], capture_output=True, check=False).stdout.decode("ascii")


def rows(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


class Columns(unittest.TestCase):
    def test_documented(self):
        with open(os.path.join(ROOT, "docs", "man", "domaincheck-report.5"), encoding="utf-8") as f:
            part = f.read().split(".Ss csv")[1].split(".Ss ")[0]
        documented = set(re.findall(r"[a-z]+(?:_[a-z]+)*", " ".join(re.findall(r"^\.(?:It )?Va (.*)$", part, re.M))))
        names = set()
        for rows_of in ("domains", "findings"):
            names |= set(rows(audit("-z", DEMO, "healthy.example", "-f", "csv", "--csv", rows_of))[0])
        self.assertEqual(names - documented, set())
        self.assertEqual(documented - names, set())

    def test_rows(self):
        got = rows(audit("-z", DEMO, "-s", "s1", "broken.example", "healthy.example", "-f", "csv"))
        self.assertEqual([row[0] for row in got], ["domain", "broken.example", "healthy.example"])
        found = rows(audit("-z", DEMO, "-s", "s1", "broken.example", "-f", "csv", "--csv", "findings"))
        self.assertEqual(dict(zip(got[0], got[1]))["findings"].split(), [row[3] for row in found[1:]])

    def test_merged(self):
        """Merged reports are those of the run to the octet, also of what is waived, unknown, hostile or no UTF-8."""
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/waivers", "w", encoding="ascii") as f:
                f.write("spf-no-all broken.example 2099-01-01 later\n")
            with open(f"{folder}/zone", "w", encoding="ascii") as f:
                f.write(zone())
            fleet = os.path.join(ROOT, "docs", "examples", "fleet")
            names = [f"f{i}.example" for i in range(len(FORMULAS) + len(ESCAPES))]
            for args in (("-z", DEMO, "-s", "s1", "broken.example", "healthy.example", "--waivers", f"{folder}/waivers", "-p", "google,yahoo"),
                         ("-z", f"{fleet}/fleet.zone", "-i", f"{fleet}/names.txt"),
                         ("-z", f"{folder}/zone", *names, "nowhere.test"), ("-z", DEMO, "--parked", "broken.example")):
                for rows_of in ("domains", "findings"):
                    with self.subTest(args, rows=rows_of):
                        direct = audit(*args, "-f", "csv", "--csv", rows_of, "-f", "ndjson", "-o", f"{folder}/lines")
                        self.assertGreater(len(rows(direct)), 1)
                        self.assertEqual(audit("merge", "-f", "csv", "--csv", rows_of, f"{folder}/lines"), direct)

    def test_escapes(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/zone", "w", encoding="ascii") as f:
                f.write(zone())
            names = [f"f{i}.example" for i in range(len(FORMULAS), len(FORMULAS) + len(ESCAPES))]
            got = csv.DictReader(io.StringIO(audit("-z", f"{folder}/zone", *names, "-f", "csv"), newline=""), strict=True)
            for row, (text, cell) in zip(got, ESCAPES, strict=True):
                with self.subTest(text):
                    self.assertEqual(row["spf_record"], f"v=spf1 {cell} -all")

    def test_bad_value(self):
        done = subprocess.run([BINARY, "--csv", "rows", "a.example"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (2, 'domaincheck: --csv: "rows" is not domains or findings\n'))


class Spreadsheet(unittest.TestCase):
    """LibreOffice evaluates nothing, and has every cell as it is in the file."""

    # comma, quotes, UTF-8, from line 1; numbers are recognized and formulas evaluated, as when a person opens the file
    READ = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true"

    def convert(self, folder, path, form, *options):
        subprocess.run(["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
                        "--convert-to", form, *options, "--outdir", f"{folder}/out", path],
                       capture_output=True, check=True, timeout=120, env=dict(os.environ, HOME=folder))
        out = os.path.join(folder, "out", os.path.basename(path).rpartition(".")[0] + "." + form.split(":")[0])
        with open(out, encoding="utf-8", newline="") as f:
            return out, f.read()

    def test_libreoffice(self):
        names = [f"f{i}.example" for i in range(len(FORMULAS))]
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/zone", "w", encoding="ascii") as f:
                f.write(zone())
            for rows_of in ("domains", "findings"):
                text = audit("-z", f"{folder}/zone", "-f", "csv", "--csv", rows_of, *names)
                self.assertGreater(len(rows(text)), len(names))
                with open(f"{folder}/{rows_of}.csv", "w", encoding="ascii", newline="") as f:
                    f.write(text)
                path, sheet = self.convert(folder, f"{folder}/{rows_of}.csv", "fods", self.READ)
                self.assertNotIn("table:formula", sheet)
                _, back = self.convert(folder, path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false")
                self.assertEqual(rows(back), rows(text))

    def test_libreoffice_would_evaluate(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/formula.csv", "w", encoding="ascii", newline="") as f:
                f.write('"a","=1+1"\r\n')
            self.assertIn("table:formula", self.convert(folder, f"{folder}/formula.csv", "fods", self.READ)[1])


if __name__ == "__main__":
    unittest.main(verbosity=1)
