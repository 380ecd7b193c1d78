#!/usr/bin/python3
"""Signed, unsigned, broken, and seen through a resolver that takes the signatures away.

usage: test_dnssec.py BINARY [TEST...]
"""

import sys

from lab import Lab
from tool import Tests, Tool, slugs

test = Tests()

# domain -> state, slugs that must be there, slugs that must not
STATES = {
    "secure.example": ("secure", set(), {"dnssec-bogus", "dnssec-unsigned", "dnssec-unknown"}),
    "own-server.example": ("secure", set(), {"dnssec-bogus", "dnssec-unsigned", "dnssec-unknown"}),
    "plain.example": ("insecure", {"dnssec-unsigned"}, {"dnssec-bogus", "dnssec-unknown"}),
    "island.example": ("insecure", {"dnssec-unsigned"}, {"dnssec-bogus", "dnssec-unknown"}),
    "bogus.example": ("bogus", {"dnssec-bogus"}, {"dnssec-unsigned", "dnssec-unknown"}),
    "expired.example": ("bogus", {"dnssec-bogus"}, {"dnssec-unsigned", "dnssec-unknown"}),
    "unsigned.example": ("bogus", {"dnssec-bogus"}, {"dnssec-unsigned", "dnssec-unknown"}),
}


def judge(domain, name, state, there, not_there, how):
    test.equal(domain["facts"]["dnssec"]["state"], state, f"{name} {how}: state")
    have = slugs(domain)
    test.check(there <= have, f"{name} {how}: lacks {sorted(there - have)}")
    test.check(not not_there & have, f"{name} {how}: has {sorted(not_there & have)}")


@test
def through_a_validating_resolver(tool, lab):
    for name, (state, there, not_there) in STATES.items():
        judge(tool.audit(*lab.options(), name).domains[name], name, state, there, not_there, "validated")


@test
def bogus_is_not_missing(tool, lab):
    """The resolver answers SERVFAIL for the tampered TXT: neither SPF nor DMARC is missing."""
    for name in ("bogus.example", "expired.example", "unsigned.example"):
        domain = tool.audit(*lab.options(), name).domains[name]
        wrong = [slug for slug in slugs(domain) if slug.startswith(("spf-", "dmarc-")) and "unanswered" not in slug]
        test.equal(wrong, [], f"{name}: findings on records that nobody could see")
        for check in domain["checks"]:
            if check["id"] in ("spf-present", "spf-record", "dmarc-present", "dmarc-record"):
                test.equal(check["verdict"], "inconclusive", f"{name}: {check['id']}")


@test
def through_a_resolver_that_strips(tool, lab):
    """Unknown, and said to be so: not bogus, not unsigned, not secure."""
    for name in ("secure.example", "plain.example", "own-server.example"):
        domain = tool.audit(*lab.options("strip"), name).domains[name]
        judge(domain, name, None, set(), {"dnssec-bogus", "dnssec-unsigned"}, "stripped")


@test
def stripping_changes_nothing_else(tool, lab):
    clean = tool.audit(*lab.options(), "own-server.example").domains["own-server.example"]
    strip = tool.audit(*lab.options("strip"), "own-server.example").domains["own-server.example"]
    def others(domain):
        return sorted(f["id"] for f in domain["findings"] if not f["id"].startswith(("dnssec-", "dane-")))
    test.equal(others(strip), others(clean), "findings beside DNSSEC")


@test
def bulk_runs_do_not_validate(tool, lab):
    domains = tool.audit(*lab.options(), "secure.example", "plain.example").domains
    for name, domain in domains.items():
        test.equal(domain["facts"]["dnssec"]["state"], None, f"{name}: state")


if __name__ == "__main__":
    with Lab() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
