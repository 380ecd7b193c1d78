#!/usr/bin/python3
"""Reports for pipelines: golden files, the schemas of those who read them, hostile text, limits.

usage: test_render_ci.py [--update] RENDER_DUMP
"""

import json
import re
import sys
import unittest

from test_render import HERE, HOSTILE, SAMPLES, UPDATE, dump, dump_each

sys.path.insert(0, str(HERE.parent / "schema"))
import ci  # noqa: E402

# The samples come with a catalogue of their own, nearly all of whose rows are the same. An empty text is a hostile one.
EXCUSED = "non-unique elements|minLength|'' is not|should be non-empty"


def faults_of(name, text):
    return [fault for fault in ci.READERS[name](text) if not re.search(EXCUSED, fault)][:3]


ALL = SAMPLES + [f"hole{number}" for number in range(9)]


class Goldens(unittest.TestCase):
    maxDiff = None

    def test_all(self):
        for name in ("github", "gitlab", "tap"):
            with self.subTest(name):
                path = HERE / "golden" / name
                got = dump(name, "", SAMPLES).decode("ascii")
                if UPDATE:
                    path.write_text(got, "ascii", newline="")
                self.assertEqual(got.splitlines(), path.read_text("ascii").splitlines())


class Readers(unittest.TestCase):
    def test_samples(self):
        for name in ci.READERS:
            with self.subTest(name):
                self.assertEqual(faults_of(name, dump(name, "", SAMPLES).decode("ascii")), [])
            for sample, out in zip(ALL, dump_each(name, "", ALL)):
                with self.subTest(name, sample=sample):
                    self.assertEqual(faults_of(name, out.decode("ascii")), [])

    def test_hostile(self):
        """Every payload in every field: the readers understand it, and see as many things as without it."""
        for name in ci.READERS:
            for payload, out in zip(HOSTILE, dump_each(name, "u", [payload.hex() for payload in HOSTILE])):
                text = out.decode("ascii")
                with self.subTest(name, payload=payload[:40]):
                    self.assertEqual(faults_of(name, text), [])

    def test_readers_can_fail(self):
        """The readers find what is broken."""
        broken = {
            "junit": lambda text: text.replace("failures=", "failure=", 1),
            "sarif": lambda text: text.replace('"ruleIndex": ', '"ruleIndex": 1', 1),
            "gitlab": lambda text: re.sub(r'"fingerprint": "\w+"', '"fingerprint": "0123456789abcdef"', text),
            "tap": lambda text: text.replace("ok 2 ", "ok 3 ", 1),
            "github": lambda text: text.replace("title=", "title=a:b,", 1),
        }
        for name in ci.READERS:
            with self.subTest(name):
                self.assertNotEqual(faults_of(name, broken[name](dump(name, "", SAMPLES).decode("ascii"))), [])

    def test_nothing_at_all(self):
        self.assertEqual(json.loads(dump("gitlab", "", ["none"])), [])
        self.assertEqual(dump("tap", "", ["none"]).decode(), "TAP version 13\n1..0\n")

    def test_they_agree(self):
        """The same findings, and the same checks that fail, in every format."""
        report = json.loads(dump("json", "", SAMPLES))
        findings = [finding for domain in report["domains"] for finding in domain["findings"]]
        slugs = sorted(finding["id"] for finding in findings)
        self.assertEqual(sorted(issue["check_name"] for issue in json.loads(dump("gitlab", "", SAMPLES))), slugs)
        run, = json.loads(dump("sarif", "", SAMPLES))["runs"]
        self.assertEqual(sorted(result["ruleId"] for result in run["results"]), slugs)
        commands = list(ci.commands(dump("github", "", SAMPLES).decode()))
        self.assertEqual(sorted(command[1]["title"].split(": ")[1].split(" ")[0] for command in commands), slugs)
        tap = dump("tap", "", SAMPLES).decode()
        junit = dump("junit", "", SAMPLES).decode()
        self.assertEqual(len(re.findall("^not ok", tap, re.M)), junit.count("</failure>") + junit.count("</error>"))
        self.assertEqual(len(re.findall("^(?:not )?ok", tap, re.M)), junit.count("<testcase "))

    def test_waived_is_shown(self):
        for name, word in (("github", "(accepted)"), ("gitlab", "(accepted: "), ("tap", "accepted: '"), ("sarif", "suppressions"),
                           ("junit", "waived: "), ("markdown", "*Accepted:*")):
            self.assertIn(word, dump(name, "", SAMPLES).decode(), name)


class Summary(unittest.TestCase):
    def test_one_mebibyte(self):
        """GitHub shows nothing of a step's summary that is larger: what does not fit is counted."""
        for count in (10, 400, 6000, 20000):
            out = dump("markdown", "", [f"broken*{count}"])
            with self.subTest(count=count):
                self.assertLessEqual(len(out), 1 << 20)
                self.assertIn(f"0 of {count} domains", out.decode())
                self.assertEqual(b"are left out: a job summary holds 1 MiB" in out, count > 400)
                self.assertEqual(out.count(b"<details"), out.count(b"</details>"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
