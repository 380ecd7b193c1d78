#!/usr/bin/python3
"""Profiles: the files are valid under their schema, and the generator refuses what it must not let through.

usage: test_profiles.py TABLES_PY PROFILES_DIR CATALOGUE_DIR SCHEMA
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema

TABLES, PROFILES, CATALOGUE, SCHEMA = (pathlib.Path(a).resolve() for a in sys.argv[1:5])
WANTED = ["apple", "baseline", "bod-18-01", "gmx", "google", "google-bulk", "internet-nl", "laposte", "microsoft",
          "nist-800-177", "parked", "yahoo"]
GOOD = {"id": "trial", "title": "t", "version": "1", "date": "2026-11-20", "about": "a", "sources": ["s"],
        "requirements": [{"id": "dmarc", "text": "t", "source": "s", "grade": "must", "basis": "read",
                          "checks": ["dmarc-record"], "breaks": ["dmarc-missing"]}],
        "not_checkable": [{"id": "blind", "text": "t", "why": "w", "source": "s"}]}


def schema():
    rules = json.loads(SCHEMA.read_text("utf-8"))
    kind = jsonschema.validators.validator_for(rules)
    kind.check_schema(rules)
    return kind(rules, format_checker=jsonschema.FormatChecker())


class Files(unittest.TestCase):
    def test_valid_and_all_there(self):
        validator, found = schema(), []
        for path in sorted(PROFILES.glob("*.json")):
            profile = json.loads(path.read_text("utf-8"))
            self.assertEqual([e.message for e in validator.iter_errors(profile)], [], path.name)
            found.append(profile["id"])
        self.assertEqual(sorted(found), WANTED)

    def test_hearsay_only_warns(self):
        for path in PROFILES.glob("*.json"):
            for row in json.loads(path.read_text("utf-8"))["requirements"]:
                if isinstance(row, dict) and row["basis"] != "read":
                    self.assertEqual(row["grade"], "should", f"{path.name} {row['id']}")


class Generator(unittest.TestCase):
    def generate(self, change):
        """The generator's complaint about a changed good profile; empty when it was taken."""
        profile = copy.deepcopy(GOOD)
        change(profile)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "baseline.json").write_text((PROFILES / "baseline.json").read_text("utf-8"), "utf-8")
            (folder / "trial.json").write_text(json.dumps(profile), "utf-8")
            done = subprocess.run([sys.executable, TABLES, folder, CATALOGUE, folder / "out.h"], capture_output=True, text=True)
            self.assertEqual(done.returncode != 0, not (folder / "out.h").exists())
            return done.stderr

    def refuses(self, change, words):
        complaint = self.generate(change)
        self.assertIn("trial.json", complaint)
        self.assertIn(words, complaint)
        self.assertNotIn("Traceback", complaint)

    def requirement(self, **keys):
        return lambda profile: profile["requirements"][0].update(keys)

    def test_good(self):
        self.assertEqual(self.generate(lambda profile: None), "")
        self.assertEqual(self.generate(self.requirement(breaks=["error"])), "")
        self.assertEqual(self.generate(self.requirement(breaks=["dmarc-record:warning"])), "")

    def test_unknown_names(self):
        self.refuses(self.requirement(checks=["dmarc-recrod"]), "did you mean dmarc-record?")
        self.refuses(self.requirement(breaks=["dmarc-mising"]), "did you mean dmarc-missing?")
        self.refuses(self.requirement(present=["dnae"]), "'dnae' is none of dane, dkim")
        self.refuses(self.requirement(sorce="x"), "unknown key 'sorce': did you mean source?")

    def test_what_proves_nothing(self):
        self.refuses(self.requirement(breaks=["spf-missing"]), "spf-missing is a finding of spf-record")
        self.refuses(self.requirement(breaks=["dmarc-unanswered"]), "it breaks nothing")
        self.refuses(self.requirement(breaks=[]), "nothing can break it")
        self.refuses(self.requirement(breaks=["spf-record:error"]), "spf-record is not among the checks")
        self.refuses(self.requirement(any_of=[]), "either checks (or present) or any_of")

    def test_hearsay(self):
        self.refuses(self.requirement(basis="general"), "a must rests on a text that was read")
        self.assertEqual(self.generate(self.requirement(basis="general", grade="should")), "")

    def test_form(self):
        self.refuses(lambda profile: profile.update(id="other"), "id is other, the file trial.json")
        self.refuses(lambda profile: profile.update(date="2026-02-30"), "date is no date")
        self.refuses(lambda profile: profile.pop("sources"), "sources is missing")
        self.refuses(lambda profile: profile["requirements"].append(profile["requirements"][0]), "dmarc is there twice")
        self.refuses(lambda profile: profile["not_checkable"][0].pop("why"), "why is missing")
        self.refuses(self.requirement(text="na\u00efve"), "printable ASCII only")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
