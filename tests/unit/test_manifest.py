#!/usr/bin/python3
"""The parser of manifests and their JSON Schema say the same, and every fault has its place and a word that helps.

usage: test_manifest.py BINARY SCHEMA SOURCE_ROOT
"""

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

BINARY, SCHEMA, ROOT = map(os.path.abspath, sys.argv[1:4])


class Loader(yaml.SafeLoader):
    """The core schema of YAML 1.2, which editors use: no dates, no "yes" and "off", no numbers to the base of sixty."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("bool", "true|True|TRUE|false|False|FALSE", "tTfF"), ("int", "[-+]?[0-9]+", "-+0123456789"),
                            ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
                            ("null", "~|null|Null|NULL|", ["~", "n", "N", ""])):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(f"^(?:{pattern})$"), list(first))


def faults(text):
    """What the parser says: lines without the file's name. Nothing is audited: the campaign that is asked for is not there."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.yaml")
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        done = subprocess.run([BINARY, "-c", "m.yaml", "--campaign", "no such one"], cwd=folder, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 2 and not done.stdout, (done, text)
    for line in lines:
        assert line.startswith("domaincheck: ") and line.isprintable(), line
    lines = [line[len("domaincheck: "):] for line in lines]
    if len(lines) == 1 and lines[0].startswith("--campaign: there is no campaign"):
        return []
    for line in lines:
        assert re.match(r"m\.yaml:(\d+:\d+: |\s*and \d+ more)", line), line
    return [line[len("m.yaml:"):] for line in lines]


with open(SCHEMA, encoding="utf-8") as schema_file:
    schema = json.load(schema_file)
validator = jsonschema.Draft7Validator(schema)


def schema_takes(text):
    return validator.is_valid(yaml.load(text, Loader))


WHOLE = """version: 1
defaults:
  role: sending
  about: x
  provider: google
  from: [news@a.example, a.example]
  mail-from: bounce@b.a.example
  helo: mta.a.example
  ips: [192.0.2.1, "2001:db8::/32"]
  selectors: [s1, 20230601, _x.y]
  dkim-domain: a.example
  senders: [{provider: google, from: a.example, mail-from: b.a.example, helo: "[192.0.2.1]", ips: 192.0.2.0/24, selectors: s, dkim-domain: a.example}]
  providers: [google, sendgrid]
  dmarc: {policy: reject, since: 2026-12-01}
  tracking: [t.a.example, {host: u_1.a.example, target: sendgrid.net}]
  return-paths: {host: rp.a.example}
  profiles: [baseline]
  thresholds: {fail-on: never, spf-lookups: 0, key-bits: 2048, key-age: 1}
  severities: {spf-softfail: off, "dkim-*": notice, spf-lookups: warning}
  waivers: [{slug: spf-softfail, subject: "*", reason: 7, expires: 2027-01-31}]
campaigns:
  c:
    domains: {a.example: {}}
domains:
  p.example: {role: parked}
  bücher.example: {role: tracking}
  in.example: {role: inbound}
"""

# what is wrong, the manifest, the first fault (a part of the line), and whether the schema can know
WRONG = [
    ("key", "defalts: {}\ndomains: {a.example: }", '1:1: a manifest has no key "defalts": did you mean "defaults"?', True),
    ("key of a domain", "domains:\n  a.example:\n    selectrs: s", '3:5: a domain has no key "selectrs": did you mean "selectors"?', True),
    ("underscore", "domains: {a.example: {mail_from: b.example}}", 'did you mean "mail-from"?', True),
    ("key of a sender", "domains: {a.example: {senders: [{role: parked}]}}", 'a sender has no key "role"', True),
    ("key of thresholds", "domains: {a.example: {thresholds: {lookups: 3}}}", "thresholds has no key", True),
    ("key of a waiver", "domains: {a.example: {waivers: [{slg: x}]}}", 'a waiver has no key "slg": did you mean "slug"?', True),
    ("domains in domain", "domains: {a.example: {domains: {b.example: }}}", 'a domain has no key "domains"', True),
    ("nothing", "", "1:1: the file is empty", True),
    ("comment", "# nothing\n", "1:1: the file is empty", True),
    ("no domain", "version: 1\n", "1:1: no domain is in it", True),
    ("empty domains", "domains: {}", "1:10: no domain stands here", True),
    ("empty campaign", "campaigns: {c: {about: x}}", 'the campaign "c" has no domains', True),
    ("empty campaigns", "campaigns: {}", "no campaign stands here", True),
    ("a list", "- a.example", "1:1: a manifest must be a mapping (key: value), and this is a list", True),
    ("a text", "a.example", "1:1: a manifest must be a mapping", True),
    ("domains as list", "domains: [a.example]", "1:10: domains must be a mapping", True),
    ("domain as text", "domains: {a.example: parked}", "1:22: a domain must be a mapping (key: value), and this is a text", True),
    ("null setting", "domains: {a.example: {role: }}", '1:23: nothing stands behind "role"', True),
    ("version", "version: 2\ndomains: {a.example: }", "1:10: version must be a whole number from 1 to 1", True),
    ("role", "domains: {a.example: {role: sendin}}", '1:29: role must be sending, parked, inbound or tracking, not "sendin": did you mean', True),
    ("role as list", "domains: {a.example: {role: [parked]}}", "role must be a text, and this is a list", True),
    ("role as number", "domains: {a.example: {role: 1}}", "role must be a text, and 1 is a number to YAML", True),
    ("provider", "domains: {a.example: {provider: sendgird}}", 'there is no provider "sendgird": did you mean "sendgrid"?', True),
    ("provider begun", "domains: {a.example: {provider: amazon}}", 'did you mean "amazonses"?', True),
    ("provider unheard of", "domains: {a.example: {provider: zzzzzzzz}}", 'provider: no provider "zzzzzzzz" is known: the JSON Schema', True),
    ("provider by name", "domains: {a.example: {provider: Amazon SES}}", 'did you mean "amazonses"?', True),
    ("provider in list", "domains: {a.example: {providers: [google, goggle]}}", '1:43: providers: there is no provider "goggle"', True),
    ("address", "domains: {a.example: {ips: 192.0.2}}", '1:28: ips: "192.0.2" is no address and no range', False),
    ("range", "domains: {a.example: {ips: 192.0.2.0/99}}", 'ips: "192.0.2.0/99" is no address', False),
    ("name as address", "domains: {a.example: {ips: mx.example.com}}", "is no address and no range", True),
    ("selector", "domains: {a.example: {selectors: [s1, 's 2']}}", '1:39: selectors: "s 2" is no selector', True),
    ("mail-from", "domains: {a.example: {mail-from: '@b.example'}}", "nothing stands before the @", True),
    ("single label", "domains: {a.example: {mail-from: localhost}}", "1:34: mail-from:", True),
    ("URL as tracking", "domains: {a.example: {tracking: 'https://t.example/'}}", "1:33: tracking:", True),
    ("tracking without host", "domains: {a.example: {tracking: {target: t.example}}}", 'the key "host" is not there', True),
    ("policy", "domains: {a.example: {dmarc: {policy: rejct}}}", 'policy must be none, quarantine or reject, not "rejct"', True),
    ("policy as text", "domains: {a.example: {dmarc: reject}}", "dmarc must be a mapping", True),
    ("date", "domains: {a.example: {dmarc: {since: 1.12.2026}}}", 'is no date: write year-month-day', True),
    ("date without a policy", "domains: {a.example: {dmarc: {since: 2026-12-01}}}", "since: no policy is declared for a.example", False),
    ("no such month", "domains: {a.example: {dmarc: {since: 2026-13-01}}}", '"2026-13-01" is no date', True),
    ("no such day", "domains: {a.example: {dmarc: {since: 2026-02-30}}}", '"2026-02-30" is no date', False),
    ("profile", "domains: {a.example: {profiles: [gogle]}}", '1:34: there is no profile "gogle"', True),
    ("fail-on", "domains: {a.example: {thresholds: {fail-on: fatal}}}", "fail-on must be never, notice, warning or error", True),
    ("lookups", "domains: {a.example: {thresholds: {spf-lookups: 11}}}", "spf-lookups must be a whole number from 0 to 10", True),
    ("lookups as text", "domains: {a.example: {thresholds: {spf-lookups: '3'}}}", "must be a whole number", True),
    ("key bits", "domains: {a.example: {thresholds: {key-bits: 512}}}", "key-bits must be a whole number from 1024 to 16384", True),
    ("severity", "domains: {a.example: {severities: {spf-softfail: fatal}}}", "must be off, notice, warning or error", True),
    ("slug", "domains: {a.example: {severities: {spf-softfial: off}}}", 'there is no finding "spf-softfial": did you mean "spf-softfail"?', True),
    ("waiver's slug", "domains: {a.example: {waivers: [{slug: nope, reason: x, expires: 2027-01-01}]}}", 'there is no finding "nope"', True),
    ("no reason", "domains: {a.example: {waivers: [{slug: spf-softfail, expires: 2027-01-01}]}}", "a waiver needs a reason", True),
    ("no end", "domains: {a.example: {waivers: [{slug: spf-softfail, reason: x}]}}", "a waiver needs a day on which it expires", True),
    ("waivers as map", "domains: {a.example: {waivers: {slug: x}}}", "waivers must be a list", True),
    ("empty senders", "domains: {a.example: {senders: []}}", "senders must be a list of 1 to 32 senders", True),
    ("empty sender", "domains: {a.example: {senders: [{}]}}", "a sender without anything", True),
    ("parked sends", "domains: {a.example: {role: parked, selectors: s1}}", "1:37: a.example is declared parked, so nothing may be said about how it sends", True),
    ("foreign From", "domains: {a.example: {from: x@b.example}}", "from: x@b.example is not of a.example", False),
    ("twice", "domains:\n  a.example: {}\n  A.Example.: {}", "3:3: A.Example. stands in line 2 already", False),
    ("in two campaigns", "campaigns: {a: {domains: {a.example: }}, b: {domains: {a.example: }}}", "1:56: a.example stands in line 1 already", False),
    ("key twice", "domains:\n  a.example: {role: parked, role: inbound}", '2:29: the key "role" stands in line 2 already', False),
    ("address as domain", "domains: {192.0.2.1: {}}", "1:11: a domain:", False),
    ("URL as domain", "domains: {'https://a.example/': {}}", "1:11: a domain:", True),
    ("alias", "defaults: &d {role: parked}\ndomains: {a.example: *d}", "1:11: anchors and aliases", False),
    ("merge key", "domains: {a.example: {<<: {role: parked}}}", 'a domain has no key "<<"', None),
    ("tag", "domains: {a.example: !!map {}}", "tags (!name) are not taken", False),
    ("two documents", "domains: {a.example: }\n---\ndomains: {b.example: }", "2:1: a second document begins here", None),
    ("tab", "domains:\n\ta.example: {}", "2:1: a tab in the indentation", None),
    ("colon", "domains:\n  a.example: x: y", "2:15: this is no YAML", None),
    ("open bracket", "domains: {a.example: [", "this is no YAML", None),
    ("list as key", "domains:\n  ? [a]\n  : b", "a key must be a word", None),
    ("deep", "domains: " + "[" * 40 + "]" * 40, "nested deeper than 16 levels", None),
    ("long", "domains: {a.example: {about: " + "x" * 2000 + "}}", "a text of more than 1,024 octets", True),
    ("latin-1", "domains: {a.example: {about: \xe4}}".encode("latin-1"), "1:30: octet 0xe4 is not UTF-8", None),
    ("utf-16", "domains: {a.example: }".encode("utf-16"), "1:1: the file is UTF-16", None),
    ("NUL", b"domains: {a.example: {about: \0}}", "U+0000 may not stand in a manifest", None),
    ("escaped NUL", 'domains: {a.example: {about: "\\0"}}', "a text may not hold NUL", None),
    ("escape sequence", "domains: {a.example: {about: \x1b[31m}}", "U+001B may not stand", None),
    ("many selectors in all", "domains: {a.example: {senders: [" + "{selectors: [" + "s," * 151 + "]}," * 1 + "{selectors: [" + "s," * 151 + "]}]}}",
     "a.example: more than 300 selectors of all its senders", False),
    ("many selectors", "domains: {a.example: {selectors: [" + "s," * 301 + "]}}", "more than 300 entries", True),
]


class Wrong(unittest.TestCase):
    def test_each_has_its_place_and_words(self):
        for what, text, expected, _ in WRONG:
            with self.subTest(what):
                lines = faults(text)
                self.assertTrue(lines, "the parser takes it")
                self.assertIn(expected, lines[0])

    def test_schema_refuses_what_it_can_know(self):
        for what, text, _, known in WRONG:
            with self.subTest(what):
                if known is not None:
                    self.assertEqual(schema_takes(text), not known)

    def test_all_in_one_go(self):
        text = "domains:\n" + "".join(f"  d{i}.example: {{role: r{i}}}\n" for i in range(5))
        self.assertEqual([line.split(":")[0] for line in faults(text)], ["2", "3", "4", "5", "6"])

    def test_up_to_a_ceiling(self):
        text = "domains:\n" + "".join(f"  d{i}.example: {{role: r{i}}}\n" for i in range(500))
        lines = faults(text)
        self.assertEqual(len(lines), 21)
        self.assertEqual(lines[-1].strip(), "and 480 more")

    def test_too_large(self):
        lines = subprocess.run([BINARY, "-c", "/dev/stdin"], input=b"#" * (5 << 20), capture_output=True, check=False)
        self.assertEqual((lines.returncode, len(lines.stderr.splitlines())), (2, 1))

    def test_not_there(self):
        done = subprocess.run([BINARY, "-c", "/nowhere/m.yaml"], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "domaincheck: /nowhere/m.yaml: No such file or directory\n")

    def test_50000_domains(self):
        text = "domains:\n" + "".join(f"  d{i}.example: {{selectors: s1}}\n" for i in range(50001))
        lines = faults(text)
        self.assertEqual(len(lines), 1)
        self.assertIn("50002:3: more than 50000 domains", lines[0])


class Right(unittest.TestCase):
    def test_schema_is_one(self):
        jsonschema.Draft7Validator.check_schema(schema)

    def test_whole(self):
        self.assertEqual(faults(WHOLE), [])
        validator.validate(yaml.load(WHOLE, Loader))

    def test_byte_order_mark(self):
        self.assertEqual(faults(b"\xef\xbb\xbf" + WHOLE.encode()), [])

    def test_carriage_returns(self):
        self.assertEqual(faults(WHOLE.replace("\n", "\r\n")), [])

    def test_examples_of_the_documentation(self):
        found = 0
        with open(os.path.join(ROOT, "docs/man/domaincheck-manifest.5"), encoding="utf-8") as f:
            page = f.read()
        texts = re.findall(r"\.Bd -literal[^\n]*\n(.*?)\.Ed", page, re.S)
        for name in os.listdir(os.path.join(ROOT, "docs")):
            if name.endswith(".md"):
                with open(os.path.join(ROOT, "docs", name), encoding="utf-8") as f:
                    texts += [text for text in re.findall(r"```yaml\n(.*?)```", f.read(), re.S) if "yaml-language-server" in text]
        for text in texts:
            self.assertEqual(faults(text), [])
            validator.validate(yaml.load(text, Loader))
            found += 1
        self.assertGreaterEqual(found, 2)

    def test_cases(self):
        folder = os.path.join(ROOT, "tests/cases/declared")
        for name in sorted(os.listdir(folder)):
            with self.subTest(name), open(os.path.join(folder, name, "domaincheck.yaml"), encoding="utf-8") as f:
                text = f.read()
                self.assertEqual(faults(text), [])
                validator.validate(yaml.load(text, Loader))


# Places with keys of their own: how to get there, and what the schema says is allowed
PLACES = {
    "a manifest": ([], schema),
    "defaults": (["defaults"], schema["definitions"]["settings"]),
    "a campaign": (["campaigns", "c"], schema["definitions"]["campaign"]),
    "a domain": (["campaigns", "c", "domains", "a.example"], schema["definitions"]["domain"]),
    "a sender": (["defaults", "senders", 0], schema["definitions"]["sender"]),
    "dmarc": (["defaults", "dmarc"], schema["definitions"]["settings"]["properties"]["dmarc"]),
    "thresholds": (["defaults", "thresholds"], schema["definitions"]["settings"]["properties"]["thresholds"]),
    "a waiver": (["defaults", "waivers", 0], schema["definitions"]["waiver"]),
    "tracking": (["defaults", "tracking", 1], schema["definitions"]["host"]["oneOf"][1]),
    "return-paths": (["defaults", "return-paths"], schema["definitions"]["host"]["oneOf"][1]),
}


def place(document, path):
    for step in path:
        document = document[step]
    return document


def with_key(path, key, value):
    document = yaml.load(WHOLE, Loader)
    place(document, path)[key] = value
    return yaml.dump(document, allow_unicode=True)


class Together(unittest.TestCase):
    """What one side knows the other does."""

    def test_keys_of_the_parser_are_those_of_the_schema(self):
        for where, (path, part) in PLACES.items():
            with self.subTest(where):
                lines = faults(with_key(path, "zzzzzzzzzzzz", 1))
                self.assertEqual(len(lines), 1)
                match = re.search(r': (.*) has no key "zzzzzzzzzzzz"; there are: (.*)$', lines[0])
                self.assertEqual(match[1], where)
                self.assertEqual(sorted(match[2].split(", ")), sorted(part["properties"]))
                self.assertIs(part["additionalProperties"], False)

    def test_every_key_can_be_said_everywhere_it_is_allowed(self):
        whole = yaml.load(WHOLE, Loader)
        for where, (path, part) in PLACES.items():
            if where in ("defaults", "a manifest", "a sender", "dmarc", "thresholds", "a waiver"):
                self.assertEqual(sorted(place(whole, path)), sorted(part["properties"]), f"WHOLE says all of {where}")
        for where in ("a campaign", "a domain"):
            path, part = PLACES[where]
            for key, value in whole["defaults"].items():
                with self.subTest(f"{where}: {key}"):
                    document = copy.deepcopy(whole)
                    place(document, path)[key] = value
                    text = yaml.dump(document, allow_unicode=True)
                    self.assertEqual(faults(text), [])
                    validator.validate(yaml.load(text, Loader))

    def test_values_of_another_type(self):
        """A value of a wrong type is wrong to both, a right one to neither."""
        whole = yaml.load(WHOLE, Loader)
        others = [None, True, 7, 1.5, "x y", [], ["x"], {}, {"x": "y"}, [None], [[]], ""]
        for key in whole["defaults"]:
            for other in others:
                with self.subTest(f"{key}: {other!r}"):
                    document = copy.deepcopy(whole)
                    document["defaults"][key] = other
                    text = yaml.dump(document, allow_unicode=True)
                    self.assertEqual(not faults(text), validator.is_valid(yaml.load(text, Loader)), text)

    def test_words(self):
        definitions = schema["definitions"]
        for word, key in ((definitions["provider"]["enum"], "providers"), (definitions["profile"]["enum"], "profiles")):
            self.assertEqual(faults(f"domains: {{a.example: {{{key}: {json.dumps(word)}}}}}"), [])
        words = definitions["finding"]["anyOf"][0]["enum"]
        for start in range(0, len(words), 200):
            text = yaml.dump({"domains": {"a.example": {"severities": {word: "notice" for word in words[start:start + 200]}}}})
            self.assertEqual(faults(text), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
