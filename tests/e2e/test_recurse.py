#!/usr/bin/python3
"""--recurse: from the root down without any resolver, with validation.

usage: [port53.py] test_recurse.py BINARY [TEST...]
"""

import sys

from lab import Lab
from tool import Tests, Tool, finding_lines, slugs

test = Tests()


def options(lab):
    return ["--recurse", "--root-hints", lab.root_hints, "--trust-anchor", lab.trust_anchor, "--authority=no"]


@test
def same_findings_as_through_a_resolver(tool, lab):
    for name in ("own-server.example", "google-like.example", "microsoft-like.example", "two-spf.example",
                 "no-dmarc.example", "huge-txt.example", "cname-chain.example", "dname.example", "no-such-name.example"):
        through = tool.audit(*lab.options(), name).domains[name]
        alone = tool.audit(*options(lab), name).domains[name]
        test.equal(finding_lines(alone), finding_lines(through), f"{name}: findings")
        test.equal(alone["facts"]["dnssec"], through["facts"]["dnssec"], f"{name}: DNSSEC")


@test
def bogus_stays_unknown(tool, lab):
    for name in ("bogus.example", "expired.example", "unsigned.example"):
        domain = tool.audit(*options(lab), name).domains[name]
        test.equal(domain["facts"]["dnssec"]["state"], "bogus", f"{name}: state")
        test.check("dnssec-bogus" in slugs(domain), f"{name}: {sorted(slugs(domain))}")
        wrong = [slug for slug in slugs(domain) if slug.startswith(("spf-", "dmarc-")) and "unanswered" not in slug]
        test.equal(wrong, [], f"{name}: findings on records that nobody could see")


@test
def broken_delegations(tool, lab):
    for name in ("lame.example", "dead.example"):
        result = tool.audit(*options(lab), "--timeout", "3", name)
        test.equal(result.status, 3, f"{name}: exit status")
        test.equal(result.domains[name]["verdict"], "incomplete", f"{name}: verdict")


@test
def no_root(tool, lab):
    """Root hints that lead nowhere: incomplete, in time."""
    hints = lab.write("dead.hints", f". 3600000 NS a.root-servers.\na.root-servers. 3600000 A {lab.address('dead')}\n")
    result = tool.audit("--recurse", "--root-hints", hints, "--trust-anchor", lab.trust_anchor, "--timeout", "2",
                        "own-server.example")
    test.equal(result.status, 3, "exit status")
    test.check(result.elapsed_s < 20, f"took {result.elapsed_s:.1f} s")


@test
def bad_files(tool, lab):
    for option in ("--root-hints", "--trust-anchor"):
        for path in (lab.path("not-there"), lab.folder):
            result = tool("--recurse", option, path, "own-server.example")
            test.check(result.status == 2 and len(result.err.splitlines()) == 1 and path in result.err,
                       f"{option} {path}: {result}")


def main():
    with Lab(spoil=False) as running:
        if running.can_recurse:
            return test.run(Tool(sys.argv[1]), running)
    print("skipped: port 53 cannot be opened here")
    return 77


if __name__ == "__main__":
    sys.exit(main())
