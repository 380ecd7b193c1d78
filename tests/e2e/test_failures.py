#!/usr/bin/python3
"""What could not be asked is never missing and never fine.

usage: test_failures.py BINARY [TEST...]

Resolvers that time out, answer SERVFAIL or REFUSED, to everything or to one kind of question; that lose packets, cut
answers, or are dead beside a living one. Names whose servers refuse or are silent.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

from lab import FATES, KINDS, Lab
from tool import Tests, Tool, finding_lines, slugs, started

test = Tests()

# A healthy domain with everything asked for, so that every kind of question is needed.
HEALTHY = ("--authority=no", "-s", "rsa,ed", "--ip", "192.0.2.12", "--helo", "out.own-server.example", "own-server.example")
QUICK = ("--timeout", "0.4", "--retries", "1")
# No slug that says "there is none" may be said of a name that could not be asked.
MISSING = ("missing", "none", "no-record", "absent", "not-found", "nxdomain", "unpublished", "void", "gone")
CHECK_OF = {"mx": "mx-", "dmarc": "dmarc-", "dkim": "dkim-", "ptr": "ptr-", "txt": "spf-"}


def says_missing(slug):
    return any(part in slug.split("-") or part in slug for part in MISSING)


def judge(result, name, what, baseline):
    """Incomplete, status 3, and no finding that the healthy resolver does not give but those that say "unknown"."""
    test.equal(result.status, 3, f"{what}: exit status")
    domain = result.domains[name]
    test.equal(domain["verdict"], "incomplete", f"{what}: verdict")
    new = slugs(domain) - baseline
    test.equal(sorted(slug for slug in new if says_missing(slug)), [], f"{what}: findings that say missing")
    errors = [f["id"] for f in domain["findings"] if f["severity"] == "error" and f["id"] in new]
    test.equal(errors, [], f"{what}: errors")
    test.check(any(check["verdict"] == "inconclusive" for check in domain["checks"]), f"{what}: a check is inconclusive")
    return domain


@test
def everything_fails(tool, lab):
    for trouble in list(FATES) + ["dead"]:
        result = tool.audit(*lab.options(trouble), *QUICK, *HEALTHY)
        domain = judge(result, "own-server.example", trouble, set())
        # It judges the ceilings of the audit, not the answers.
        passed = [check["id"] for check in domain["checks"] if check["verdict"] == "pass" and check["id"] != "audit-complete"]
        test.equal(passed, [], f"{trouble}: checks that pass without an answer")


@test
def one_kind_fails(tool, lab):
    clean = tool.audit(*lab.options(), *HEALTHY)
    test.equal(clean.status, 0, f"the healthy domain: {clean}")
    baseline = slugs(clean.domains["own-server.example"])
    for kind in KINDS:
        for fate in FATES:
            result = tool.audit(*lab.options(f"{fate}-{kind}"), *QUICK, *HEALTHY)
            domain = judge(result, "own-server.example", f"{fate} for {kind}", baseline)
            if kind in CHECK_OF:
                doubt = {check["id"] for check in domain["checks"] if check["verdict"] == "inconclusive"}
                test.check(any(check.startswith(CHECK_OF[kind]) for check in doubt),
                           f"{fate} for {kind}: inconclusive are {sorted(doubt)}")


@test
def lost_packets(tool, lab):
    """A fifth of all questions is lost: the same verdicts and findings."""
    names = ["own-server.example", "google-like.example", "microsoft-like.example", "ses-like.com", "two-spf.example",
             "lookups.example", "no-dmarc.example", "mx-cname.example", "parked.example", "p-none.example"]
    clean = tool.audit(*lab.options(), *names)
    lossy = tool.audit(*lab.options("drop20"), *names)
    test.equal(lossy.status, clean.status, "exit status")
    for name in names:
        test.equal(finding_lines(lossy.domains[name]), finding_lines(clean.domains[name]), f"{name}: findings")
        test.equal(lossy.domains[name]["checks"], clean.domains[name]["checks"], f"{name}: checks")


@test
def one_resolver_is_dead(tool, lab):
    clean = tool.audit(*lab.options(), *HEALTHY)
    for order in ((lab.at("dead"), lab.resolver), (lab.resolver, lab.at("dead")), (lab.at("refused"), lab.resolver),
                  (lab.at("servfail"), lab.resolver)):
        both = tool.audit("-n", order[0], "-n", order[1], "--trust-anchor", lab.trust_anchor, "--timeout", "15", *HEALTHY)
        test.equal(both.status, 0, f"{order}: exit status")
        test.equal(finding_lines(both.domains["own-server.example"]), finding_lines(clean.domains["own-server.example"]),
                   "findings")
        # A question that waited for the dead one to its end would take fifteen, and there are several rounds of them.
        test.check(both.elapsed_s < 15, f"{order}: took {both.elapsed_s:.1f} s")


@test
def over_ipv6(tool, lab):
    if not lab.resolver6:
        print("    skipped: no IPv6 here")
        return
    clean = tool.audit(*lab.options(), *HEALTHY)
    other = tool.audit("-n", lab.resolver6, "--trust-anchor", lab.trust_anchor, *HEALTHY)
    test.equal(other.status, 0, f"exit status: {other.err}")
    test.equal(finding_lines(other.domains["own-server.example"]), finding_lines(clean.domains["own-server.example"]),
               "findings")


@test
def forged_answers(tool, lab):
    """What does not fit the question is not listened to; what cannot be read is no answer; old servers are understood."""
    clean = tool.audit(*lab.options(), *HEALTHY)
    for trouble in ("spoofed", "no-edns"):
        result = tool.audit(*lab.options(trouble), *HEALTHY)
        test.equal(result.status, 0, f"{trouble}: exit status")
        test.equal(finding_lines(result.domains["own-server.example"]), finding_lines(clean.domains["own-server.example"]),
                   f"{trouble}: findings")
    for trouble in ("noise", "echo", "pointer-loop", "counts-lie", "cut-short"):
        judge(tool.audit(*lab.options(trouble), *QUICK, *HEALTHY), "own-server.example", trouble, set())


@test
def no_resolver_at_all(tool, lab):
    """An authoritative server of another zone refers or refuses: it knows nothing of the domain, and nothing is missing."""
    for host in ("root", "tld", "refusing"):
        where = f"{lab.address(host)}:{lab.port}"
        judge(tool.audit("--trust-anchor", lab.trust_anchor, "-n", where, *QUICK, *HEALTHY), "own-server.example", host, set())


@test
def ended_by_a_signal(tool, lab):
    """Whoever is stopped with nothing done leaves no file, no temporary file and no process behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.Popen([tool.binary, *lab.options("dead"), "-f", "json", "-o", os.path.join(folder, "report"),
                                    "--record", os.path.join(folder, "recording"), "--ip", "192.0.2.1", "--timeout", "60", "plain.example"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            started(run)
            time.sleep(0.3)
            run.send_signal(number)
            run.communicate(timeout=30)
            stops = number in (signal.SIGINT, signal.SIGTERM)
            test.equal(run.returncode, 3 if stops else -number, f"signal {number}: exit status")
            test.equal(os.listdir(folder), [], f"signal {number}: files left")


@test
def nobody_listens(tool, lab):
    """A port where nothing is bound: refused by the kernel, at once."""
    closed = f"{lab.address('mischief')}:{lab.free_ports(1)[0]}"
    result = tool.audit("--trust-anchor", lab.trust_anchor, "-n", closed, *QUICK, *HEALTHY)
    judge(result, "own-server.example", "closed port", set())


@test
def truncated(tool, lab):
    """Every answer over UDP is cut: TCP gives the same report; so does an answer that is too large for UDP."""
    for name in ("own-server.example", "huge-txt.example"):
        clean = tool.audit(*lab.options(), name)
        cut = tool.audit(*lab.options("truncate"), name)
        test.equal(cut.status, clean.status, f"{name}: exit status")
        test.equal(finding_lines(cut.domains[name]), finding_lines(clean.domains[name]), f"{name}: findings")
        test.equal(cut.domains[name]["facts"]["spf"], clean.domains[name]["facts"]["spf"], f"{name}: SPF")


@test
def broken_delegations(tool, lab):
    """The resolver itself gets no answer: SERVFAIL or silence from an honest resolver."""
    for name in ("lame.example", "dead.example"):
        result = tool.audit(*lab.options(), "--timeout", "2", "--retries", "1", name)
        judge(result, name, name, set())


@test
def broken_reverse_zone(tool, lab):
    result = tool.audit(*lab.options(), "--timeout", "2", "--retries", "1", "ptr-dead.example")
    domain = judge(result, "ptr-dead.example", "dead reverse zone", {"dkim-not-found"})
    have = {check["id"]: check["verdict"] for check in domain["checks"] if check["id"].startswith("ptr-")}
    test.check("inconclusive" in have.values(), f"PTR checks: {have}")


if __name__ == "__main__":
    with Lab() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
