#!/usr/bin/python3
"""Many domains over a DNS on loopback (lab.py): however many threads and jobs, whatever is lost, the same reports.

usage: test_fleet_live.py BINARY [TEST...]
"""

import json
import re
import signal
import subprocess
import sys
import time

from lab import Lab
from tool import Tests, Tool, finding_lines

test = Tests()


def world_names(lab):
    """Every domain of the world whose servers answer, and a few that do not exist. Not those that fail validation: what
    the resolver says about them depends on whether it knew before."""
    bogus = {"expired", "tampered", "with-ds", "wrong-ds"}
    names = [zone.name for zone in lab.zones.values()
             if zone.served and zone.server == "leaf" and "arpa" not in zone.name and not zone.flags & bogus]
    return names + [f"nothing{i}.example" for i in range(20)]


def timeless(text):
    """A report without what depends on the clock: a resolver counts down what it has in its cache."""
    text = re.sub(r'"ttl_s": ?\d+', '"ttl_s":0', text)
    # A validation that failed is told in other words once it is in the resolver's cache.
    text = re.sub(r'"ede": ?\d+,\s*"detail": ?"[^"]*"', '"ede":0', text)
    text = re.sub(r'"elapsed_ms": ?\d+', '"elapsed_ms":0', text)
    text = re.sub(r"[\d,]+ ms$", "0 ms", text, flags=re.M)
    return re.sub(r'"(started|finished)": ?"[^"]*"', r'"\1":""', text)


def settle(tool, lab, listed):
    """Of what has failed validation the resolver tells more the first times: asks until it says the same twice."""
    said = None
    for _ in range(6):
        last, said = said, timeless(tool(*lab.options(), "-f", "ndjson", stdin=listed).out)
        if said == last:
            return


@test
def threads_and_jobs(tool, lab):
    names = world_names(lab)
    listed = "".join(name + "\n" for name in names)
    settle(tool, lab, listed)
    for form in ("ndjson", "text", "json"):
        first = tool(*lab.options(), "-f", form, "--threads", "1", "-j", "256", stdin=listed)
        want = timeless(first.out)
        test.check(len(want) > 10000, f"{form}: {first}")
        for args in (("-j", "1"), ("--threads", "2"), ("--threads", "3", "-j", "7"), ("--threads", "16"), ()):
            have = tool(*lab.options(), "-f", form, *args, stdin=listed)
            test.equal((have.status, have.err), (first.status, first.err), f"{form} {args}: status and complaints")
            test.equal(differs(timeless(have.out), want), "", f"{form} {args}: another report")
        have = tool(*lab.options(), "-f", form, "--unordered", "--threads", "2", stdin=listed)
        if form == "ndjson":
            test.check(sorted(timeless(have.out).splitlines()) == sorted(want.splitlines()), "--unordered: the same lines")


def differs(have, want):
    """Where two texts part, in few words; empty: nowhere."""
    if have == want:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(have, want)) if a != b), min(len(have), len(want)))
    return f"{len(have)} and {len(want)} octets, ...{have[max(0, at - 60):at + 40]!r} and ...{want[max(0, at - 60):at + 40]!r}"


def judged(result):
    """What must not change: verdicts and findings, not how long it took."""
    return {name: (domain["verdict"], domain["checks"], finding_lines(domain)) for name, domain in result.domains.items()}


@test
def lost_packets(tool, lab):
    """5 % of all questions are lost, some several times: the same verdicts and findings for every domain."""
    names = world_names(lab)
    listed = "".join(name + "\n" for name in names)
    clean = tool.audit(*lab.options(), stdin=listed)
    want = judged(clean)
    test.equal(len(want), len(names), "domains")
    for _ in range(3):
        lossy = tool.audit(*lab.options("drop5"), stdin=listed)
        test.equal(lossy.status, clean.status, "exit status")
        have = judged(lossy)
        test.equal([name for name in want if have.get(name) != want[name]], [], "domains with other verdicts or findings")
        test.equal(sum(d["dns"]["unanswered"] for d in lossy.domains.values()),
                   sum(d["dns"]["unanswered"] for d in clean.domains.values()), "unanswered questions")


@test
def one_of_two_is_dead(tool, lab):
    names = world_names(lab)
    listed = "".join(name + "\n" for name in names)
    want = judged(tool.audit(*lab.options(), stdin=listed))
    for order in ((lab.at("dead"), lab.resolver), (lab.resolver, lab.at("dead"))):
        result = tool.audit("-n", order[0], "-n", order[1], "--trust-anchor", lab.trust_anchor, stdin=listed)
        have = judged(result)
        test.equal([name for name in want if have.get(name) != want[name]], [], f"{order}: domains with other verdicts")
        test.check(result.elapsed_s < 20, f"{order}: {result.elapsed_s:.1f} s")


@test
def dead_server_delays_its_own(tool, lab):
    """Domains whose servers are silent come last; none of the others waits for them."""
    names = ["dead.example"] + [name for name in world_names(lab) if name.startswith("nothing")] + ["own-server.example"]
    run = subprocess.Popen([tool.binary, *lab.options(), "--unordered", "--timeout", "4", "-f", "ndjson", *names],
                           stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=tool.env)
    began, came = time.monotonic(), {}
    for line in run.stdout:
        came[json.loads(line)["domain"]] = time.monotonic() - began
    run.wait(30)
    # All is slower on a busy machine, what has a time-out of four seconds too
    late = {name: f"{s:.1f} s" for name, s in came.items() if s > max(2, came["dead.example"] / 2) and name != "dead.example"}
    test.equal((len(came), late), (len(names), {}), "domains that waited for another's server")
    test.equal(max(came, key=came.get), "dead.example", "the last one")


@test
def asked_once(tool, lab):
    """What many domains need is asked once a run, however many threads there are."""
    names = [f"nothing{i}.example" for i in range(64)]
    asked = {}
    for threads in ("1", "4"):
        err = tool(*lab.options(), "--threads", threads, "-v", "-f", "ndjson", *names).err
        test.check("64/64 audited" in err, repr(err))
        asked[threads] = float(re.search(r"([\d.]+) questions asked", err)[1]) if "questions asked" in err else None
    test.equal(asked["4"], asked["1"], "questions asked")


@test
def stopped(tool, lab):
    """A signal in the middle: several threads end as one does, at once and with whole reports."""
    names = [f"nothing{i}.example" for i in range(3000)]
    for threads in ("1", "2", "5"):
        for after_s in (0.05, 0.3):
            run = subprocess.Popen([tool.binary, *lab.options("delay"), "--threads", threads, "-f", "ndjson", "--fail-on", "never",
                                    *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                                   env=tool.env)
            time.sleep(after_s)
            began = time.monotonic()
            run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=20)
            done = [json.loads(line)["domain"] for line in out.splitlines()]
            what = f"{threads} threads, {after_s} s"
            if run.returncode == -signal.SIGINT and not out:
                continue  # it came before the run began
            test.equal(run.returncode, 3, f"{what}: exit status")
            test.check(time.monotonic() - began < 6, f"{what}: {time.monotonic() - began:.1f} s to end")
            told = re.findall(r"stopped: (\d+) done, (\d+) not", err)
            test.equal(told, [(str(len(done)), str(len(names) - len(done)))], f"{what}: {err!r}")


@test
def stopped_while_the_reader_sleeps(tool, lab):
    """The signal comes while a line waits for room in the pipe: it is written to its end."""
    run = subprocess.Popen([tool.binary, *lab.options(), "-f", "ndjson", "--fail-on", "never",
                            *(f"nothing{i}.example" for i in range(3000))],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=tool.env)
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    time.sleep(0.1)
    out, err = run.communicate(timeout=20)
    test.equal(len([json.loads(line) for line in out.splitlines()]) > 0, True, "whole lines")
    test.equal(run.returncode, 3, f"exit status: {err!r}")


if __name__ == "__main__":
    with Lab() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
