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
    "island.example": ("insecure", {"dnssec-island"}, {"dnssec-bogus", "dnssec-unknown", "dnssec-unsigned"}),
    "wrong-ds.example": ("bogus", {"dnssec-bogus", "dnssec-ds-mismatch"}, {"dnssec-unsigned", "dnssec-ds-stale"}),
    "two-ds.example": ("secure", {"dnssec-ds-stale"}, {"dnssec-ds-mismatch", "dnssec-digest"}),
    "sha1-ds.example": ("secure", {"dnssec-digest"}, {"dnssec-algorithm", "dnssec-ds-stale"}),
    "soon.example": ("secure", {"dnssec-signature-ends"}, {"dnssec-bogus"}),
    "nsec3.example": ("secure", {"dnssec-nsec3-iterations"}, {"dnssec-nsec3-many"}),
    "nsec3-many.example": ("any", {"dnssec-nsec3-many"}, {"dnssec-nsec3-iterations"}),
    "rsa1024.example": ("secure", {"dnssec-key-small"}, {"dnssec-algorithm"}),
    "rsasha1.example": ("secure", {"dnssec-algorithm"}, {"dnssec-key-small"}),
    "bogus.example": ("bogus", {"dnssec-bogus"}, {"dnssec-unsigned", "dnssec-unknown"}),
    "expired.example": ("bogus", {"dnssec-bogus"}, {"dnssec-unsigned", "dnssec-unknown"}),
    "unsigned.example": ("bogus", {"dnssec-bogus"}, {"dnssec-unsigned", "dnssec-unknown"}),
}


def judge(domain, name, state, there, not_there, how):
    if state != "any":
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
def asked_for_and_not_to_be_seen(tool, lab):
    """Whoever asks for validation is told that there was none; who does not is not failed for it."""
    domain = tool.audit(*lab.options("strip"), "--dnssec", "secure.example").domains["secure.example"]
    judge(domain, "secure.example", None, {"dnssec-not-visible"}, {"dnssec-bogus", "dnssec-unsigned"}, "stripped, asked for")
    test.check(domain["facts"]["dnssec"]["why_unknown"], "why it is unknown")
    domain = tool.audit(*lab.options("strip"), "secure.example").domains["secure.example"]
    test.check("dnssec-not-visible" not in slugs(domain), "nobody asked for it")


@test
def a_signature_in_time(tool, lab):
    """By the clock of the audit: what lasts today may not last until the day of the launch."""
    domain = tool.audit(*lab.options(), "secure.example").domains["secure.example"]
    until = domain["facts"]["dnssec"]["signed_until"]
    test.check("dnssec-signature-ends" not in slugs(domain), "four weeks left")
    late = tool.audit(*lab.options(), "--now", until, "secure.example").domains["secure.example"]
    test.check("dnssec-signature-ends" in slugs(late), "none left")


@test
def bulk_runs_do_not_validate(tool, lab):
    domains = tool.audit(*lab.options(), "secure.example", "plain.example").domains
    for name, domain in domains.items():
        test.equal(domain["facts"]["dnssec"]["state"], None, f"{name}: state")


if __name__ == "__main__":
    with Lab() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
