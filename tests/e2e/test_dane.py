#!/usr/bin/python3
"""TLSA records in signed, unsigned and spoiled zones, by our own validation, by the resolver's word, and in bulk.

usage: test_dane.py BINARY [TEST...]
"""

import os
import sys
import tempfile

from lab import Lab
from tool import Tests, Tool, slugs

test = Tests()

# domain -> the dane-* findings that it deserves
WANT = {
    "dane.example": set(),
    "secure.example": {"dane-missing"},
    "plain.example": set(),
    "dane-unsigned.example": {"dane-unsigned"},
    "dane-tampered.example": {"dane-bogus"},
    "dane-partial.example": {"dane-partial"},
    "dane-mx-unsigned.example": {"dane-mx-unsigned"},
}


def dane(domain):
    return {slug for slug in slugs(domain) if slug.startswith("dane-")}


@test
def by_our_own_validation(tool, lab):
    for name, want in WANT.items():
        domain = tool.audit(*lab.options(), name).domains[name]
        test.equal(dane(domain), want, name)
        if name != "plain.example":
            test.equal(domain["facts"]["dane"]["by"], "validation", f"{name}: by")


@test
def by_the_resolver(tool, lab):
    """Many at once: its AD bit decides, and unsigned hosts are not asked about."""
    domains = tool.audit(*lab.options(), *WANT).domains
    for name, want in WANT.items():
        test.equal(dane(domains[name]), want - {"dane-unsigned"}, f"{name}, in bulk")
        by = domains[name]["facts"]["dane"]["by"]
        test.check(by in ("resolver", None), f"{name}: by {by}")
    test.equal(domains["dane-unsigned.example"]["facts"]["dane"]["present"], None, "not asked about: unknown")
    test.equal(domains["dane.example"]["facts"]["dane"]["hosts"][0]["tlsa_state"], "secure", "secure by the AD bit")


@test
def without_signatures(tool, lab):
    """A resolver that strips them: the records are there, and nobody can say whether they count."""
    domain = tool.audit(*lab.options("strip"), "dane.example").domains["dane.example"]
    test.equal(dane(domain), {"dane-unproved"}, "stripped")
    test.equal(domain["facts"]["dane"]["hosts"][0]["tlsa_state"], None, "state")


@test
def lookups_that_fail(tool, lab):
    """Fatal for delivery where the host is signed, without consequence where it is not; never "no TLSA"."""
    for trouble in ("servfail-tlsa", "refused-tlsa", "drop-tlsa"):
        options = [*lab.options(trouble), "--timeout", "1", "--retries", "1"]
        for name, want in (("dane.example", {"dane-lookup-failed"}), ("secure.example", {"dane-lookup-failed"}),
                           ("plain.example", set())):
            domain = tool.audit(*options, name).domains[name]
            have = dane(domain) - {"dane-unanswered"}
            if name == "plain.example":
                test.equal(have, want, f"{name} {trouble}")
            else:
                test.check(have in (want, {"dane-bogus"}), f"{name} {trouble}: {sorted(have)}")
            test.check("dane-missing" not in have, f"{name} {trouble}: taken for missing")


@test
def from_the_root(tool, lab):
    if not lab.can_recurse:
        return
    options = ["--recurse", "--root-hints", lab.root_hints, "--trust-anchor", lab.trust_anchor]
    for name, want in WANT.items():
        test.equal(dane(tool.audit(*options, name).domains[name]), want, f"{name} from the root")


@test
def replay_is_the_same(tool, lab):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.rec")
        for name in WANT:
            live = tool.audit(*lab.options(), "--record", path, name).domains[name]
            again = tool.audit("--replay", path, name).domains[name]
            live.pop("dns", None), again.pop("dns", None)
            test.equal(again, live, f"{name}: replay")
            os.unlink(path)


if __name__ == "__main__":
    with Lab() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
