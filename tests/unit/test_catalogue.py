#!/usr/bin/python3
"""The generator of the catalogue: what it must refuse, and that its output does not depend on chance.

usage: test_catalogue.py CATALOGUE_PY CATALOGUE_DIR
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

GENERATOR, CATALOGUE = sys.argv[1], pathlib.Path(sys.argv[2])

GOOD = {"check": '"a-check"', "severity": '"error"', "message": '"{n} is wrong"', "why": '"w"', "fix": '"f"',
        "references": '["RFC 1 section 1"]', "args": '["n"]'}

# what is changed -> words of the complaint
BAD = {
    "slug": ({"slug": "NotASlug"}, "hyphens"),
    "one word": ({"slug": "spf"}, "hyphens"),
    "unknown key": ({"whys": '"w"'}, "unknown key"),
    "no why": ({"why": None}, "why must be a string"),
    "empty fix": ({"fix": '""'}, "fix is empty"),
    "severity": ({"severity": '"fatal"'}, "severity must be"),
    "no references": ({"references": "[]"}, "references must"),
    "missing references": ({"references": None}, "references must"),
    "unknown placeholder": ({"message": '"{m} is wrong"'}, "{m}"),
    "placeholder in fix": ({"fix": '"publish {record}"'}, "{record}"),
    "placeholder in why": ({"why": '"{n}"'}, "why holds"),
    "lone brace": ({"message": '"{n} } is wrong"'}, "lone brace"),
    "double argument": ({"args": '["n", "n"]'}, "twice"),
    "odd argument": ({"args": '["n", "N N"]'}, "is no name"),
    "full stop": ({"message": '"{n} is wrong."'}, "full stop"),
    "long message": ({"message": '"{n}' + "x" * 160 + '"'}, "longer than"),
    "not ASCII": ({"why": '"it\u2019s"'}, "ASCII"),
    "control": ({"why": '"\\u001b[31m"'}, "ASCII"),
    "check": ({"check": '"A check"'}, "id of a check"),
    "inconclusive": ({"inconclusive": '"yes"'}, "true or false"),
    "half an answer": ({"inconclusive": "true", "args": '["n", "question"]'}, "question, server and outcome"),
    "syntax": ({"args": "["}, ""),
}


def table(changes):
    rows = {**GOOD, **changes}
    slug = rows.pop("slug", "a-slug")
    return f"[{slug}]\n" + "".join(f"{key} = {value}\n" for key, value in rows.items() if value is not None)


class Generator(unittest.TestCase):
    def run_on(self, files):
        """Return (status, complaints, header, source) for a folder of these files."""
        with tempfile.TemporaryDirectory() as folder:
            base = pathlib.Path(folder)
            for name, text in files.items():
                (base / name).write_text(text, "utf-8")
            out_h, out_c = base / "out.h", base / "out.c"
            done = subprocess.run([sys.executable, GENERATOR, folder, out_h, out_c], capture_output=True, text=True)
            texts = [path.read_text("ascii") if path.exists() else None for path in (out_h, out_c)]
            return done.returncode, done.stderr, *texts

    def test_good(self):
        status, complaints, header, source = self.run_on({"a.toml": table({})})
        self.assertEqual((status, complaints), (0, ""))
        self.assertIn("DC_F_A_SLUG,", header)
        self.assertIn('.message = "{n} is wrong"', source)

    def test_refused(self):
        for what, (changes, words) in BAD.items():
            with self.subTest(what):
                status, complaints, header, source = self.run_on({"a.toml": table(changes)})
                self.assertEqual(status, 1)
                self.assertIn(words, complaints)
                self.assertIsNone(header)
                self.assertIsNone(source)

    def test_same_slug_in_two_files(self):
        status, complaints, *_ = self.run_on({"a.toml": table({}), "b.toml": table({})})
        self.assertEqual(status, 1)
        self.assertIn("is in a.toml too", complaints)

    def test_order(self):
        """Files by name, rows as they stand."""
        files = {"b.toml": table({"slug": "b-one"}), "a.toml": table({"slug": "a-two"}) + table({"slug": "a-one"})}
        header = self.run_on(files)[2]
        self.assertLess(header.index("A_TWO"), header.index("A_ONE"))
        self.assertLess(header.index("A_ONE"), header.index("B_ONE"))
        self.assertEqual(header, self.run_on(dict(reversed(files.items())))[2])

    def test_macros_stand_for_themselves(self):
        status, complaints, _, source = self.run_on({"a.toml": table({"fix": '"exists:%{i}.{n}"'})})
        self.assertEqual((status, complaints), (0, ""))
        self.assertIn('"exists:%{i}.{n}"', source)

    def test_quoting(self):
        source = self.run_on({"a.toml": table({"why": "'a \"b\" c\\d ??='"})})[3]
        self.assertIn(r'"a \"b\" c\\d \?\?="', source)

    def test_empty_folder(self):
        self.assertEqual(self.run_on({})[0], 1)

    def test_ours(self):
        files = {path.name: path.read_text("utf-8") for path in CATALOGUE.glob("*.toml")}
        self.assertEqual(self.run_on(files)[:2], (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
