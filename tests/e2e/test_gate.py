#!/usr/bin/python3
"""Flipping one record of a healthy domain changes exactly the requirements that it should (gate_table.py).

usage: test_gate.py BINARY [TEST...]

A zone is spoiled and recorded; in the recording the answers are declared validated, or failed; its replay is judged. Of the
baseline, whose requirements are all checks, only what is red or not known counts: which others have something to judge
changes with every check that comes.
"""

import os
import re
import sys
import tempfile

import gate_table as table
from tool import Tests, Tool

test = Tests()

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = ("--now", "2026-11-20T12:00:00Z")
LETTERS = {"pass": "+", "not-applicable": "-", "inconclusive": "?", "warn": "!", "fail": "X"}
SENDING = ("google", "google-bulk", "yahoo", "microsoft", "apple", "laposte", "gmx", "internet-nl", "nist-800-177",
           "bod-18-01", "baseline")
WORLDS = {
    "sender": (table.D, table.SENDER, SENDING, ("--ip", "192.0.2.25,2001:db8:1::25", "--helo", f"out.{table.D}", "-s", "s1,s2",
                                                "--selectors", "none")),
    "parked": (table.P, table.PARKED, ("parked", "baseline"), ()),
}
# What the web server of the MTA-STS policy says, as recordings have it.
POLICY = f"version: STSv1\r\nmode: enforce\r\nmx: *.{table.D}\r\nmax_age: 1209600\r\n"
DOCUMENT = ("https 1\nstatus 200\ntype text/plain\ntls TLSv1.3\nverify ok\nsubject CN = mta-sts\nissuer CN = R12\n"
            "issued-by Let's Encrypt\nnot-before 2026-10-15T00:00:00Z\nnot-after 2027-01-13T00:00:00Z\n"
            f"name mta-sts.{table.D}\nbody {len(POLICY)}\n\n{POLICY}").replace("\n", "\\010").replace("\r", "\\013")
ANSWER = re.compile(r"(dns|validate|https) (\S+) (\S+) (\S+)( .*)?\n")


def spoil(lines, edit):
    """The zone after one edit; an edit that does nothing is a mistake in the table."""
    if edit[0] == "put":
        return lines + [edit[1] + "\n"]
    if edit[0] == "replace":
        _, name, kind, old, new = edit
        left = [line.replace(old, new) if line.split()[:2] == [name + ".", kind] else line for line in lines]
        if left == lines:
            raise ValueError(f"nothing to replace: {edit}")
        return left
    if edit[0] == "twin":
        _, name, other, kind = edit
        left = [line for line in lines if line.split()[:2] != [name + ".", kind]]
        return left + [name + ". " + line.split(None, 1)[1] for line in lines if line.split()[:2] == [other + ".", kind]]
    if edit[0] != "drop":
        return lines
    _, name, kind, part = edit
    left = [line for line in lines if line.split()[:2] != [name + ".", kind] or part not in line]
    if left == lines:
        raise ValueError(f"nothing to drop: {edit}")
    return left


def sign(lines, edits):
    """The recording with every answer vouched for, and with the failures of the edits."""
    kinds = {edit[0] for edit in edits}
    failures = {(edit[1], edit[2]): edit[3] for edit in edits if edit[0] == "fail"}
    seen = set()
    for line in lines:
        match = ANSWER.fullmatch(line)
        if not match:
            yield line
            continue
        kind, name, rtype, outcome, rest = match.groups()
        rest = (rest or "").replace(' detail="a zone file proves no signature"', "")
        if kind == "validate" and "unvalidated" in kinds:
            continue
        if kind == "dns" and (name, rtype) in failures:
            seen.add((name, rtype))
            yield f"dns {name} {rtype} {failures[name, rtype]} via=192.0.2.53:53\n"
        elif kind == "validate" and "bogus" in kinds and rtype == "SOA":
            yield f'validate {name} {rtype} BOGUS rcode=0 dnssec=bogus ttl=60 via=validation detail="signature expired"\n'
        elif kind == "https":
            server = re.search(r'server="[^"]*"', rest).group()
            yield f'https {name} {rtype} ANSWER {server} via=192.0.2.80 data="{DOCUMENT}"\n'
        elif outcome in ("ANSWER", "NODATA", "NXDOMAIN"):
            state = " dnssec=insecure" if "insecure" in kinds else " ad dnssec=secure"
            yield f"{kind} {name} {rtype} {outcome}{state}{rest}\n"
        else:
            yield line
    if seen != set(failures):
        raise ValueError(f"nobody asks for {sorted(set(failures) - seen)}")


def requirements(domain):
    """PROFILE/ID -> letter."""
    found = {}
    for profile in domain["profiles"]:
        for row in profile["requirements"]:
            letter = LETTERS[row["verdict"]]
            found[f"{profile['id']}/{row['id']}"] = "+" if profile["id"] == "baseline" and letter == "-" else letter
    return found


def judge(tool, folder, world, edits):
    domain, _, profiles, args = WORLDS[world]
    with open(os.path.join(HERE, "gate", world + ".zone"), encoding="utf-8") as f:
        lines = f.readlines()
    for edit in edits:
        lines = spoil(lines, edit)
    zone, plain, signed = (os.path.join(folder, name) for name in ("zone", "plain", "signed"))
    with open(zone, "w", encoding="utf-8") as f:
        f.writelines(lines)
    args = ("-p", ",".join(profiles), *args, *NOW, domain)
    recorded = tool.audit("-z", zone, "--record", plain, *args)
    if not recorded.out:
        raise ValueError(recorded)
    with open(plain, encoding="utf-8") as f, open(signed, "w", encoding="utf-8") as out:
        out.writelines(sign(f.readlines(), edits))
    result = tool.audit("--replay", signed, *args)
    return result, result.domains[domain]


def changes(before, after):
    out = {}
    for name in sorted(after):
        if after[name] != before[name]:
            out.setdefault(after[name], set()).add(name)
    return out


def shown(sets):
    return [f"{letter} {name}" for letter in sorted(sets) for name in sorted(sets[letter])]


def check_world(tool, world):
    _, rows, _, _ = WORLDS[world]
    with tempfile.TemporaryDirectory() as folder:
        result, healthy = judge(tool, folder, world, [])
        before = requirements(healthy)
        for profile in healthy["profiles"]:
            if profile["id"] != "baseline":
                test.equal(profile["verdict"], "pass", f"{world}: healthy under {profile['id']}")
        test.equal(sorted(n for n, v in before.items() if v in "X!"), [], f"{world}: nothing is red")
        for what, edits, expected in rows:
            result, domain = judge(tool, folder, world, edits)
            changed = changes(before, requirements(domain))
            test.equal(shown(changed), shown({letter: names for letter, names in expected.items() if names}),
                       f"{world}: {what}: {[f['id'] for f in domain['findings']]}")
            red = "X" in changed
            test.equal(result.status, 1 if red else 3 if "?" in {**changed, **changes({}, {})} or "?" in before.values() else 0,
                       f"{world}: {what}: exit status")
            test.equal(domain["verdict"], {0: "pass", 1: "fail", 3: "incomplete"}[result.status], f"{world}: {what}: verdict")


@test
def sender(tool):
    check_world(tool, "sender")


@test
def parked(tool):
    check_world(tool, "parked")


# What needs more than DNS: cases of these checks, replayed under the profiles.
PROBED = [
    ("smtp/sound", {"internet-nl/starttls": "+", "nist-800-177/starttls": "+", "bod-18-01/starttls": "+"}),
    ("smtp/no-starttls", {"internet-nl/starttls": "X", "nist-800-177/starttls": "!", "bod-18-01/starttls": "!"}),
    ("smtp/tls-old", {"internet-nl/starttls": "X", "nist-800-177/starttls": "!", "bod-18-01/starttls": "+"}),
    ("smtp/starttls-refused", {"internet-nl/starttls": "X", "nist-800-177/starttls": "!", "bod-18-01/starttls": "!"}),
    ("smtp/unreachable-all", {"internet-nl/starttls": "?", "nist-800-177/starttls": "?", "bod-18-01/starttls": "?"}),
    ("smtp/dane-mismatch", {"internet-nl/dane": "X", "internet-nl/starttls": "+"}),
    ("blocklist/clean", {"gmx/block-lists": "+"}),
    ("blocklist/listed", {"gmx/block-lists": "X"}),
    ("blocklist/all-silent", {"gmx/block-lists": "?"}),
]


@test
def probed(tool):
    for name, expected in PROBED:
        folder = os.path.join(HERE, "../cases", name)
        with open(os.path.join(folder, "args"), encoding="utf-8") as f:
            args = f.read().splitlines()
        domain = args[-1]
        result = tool.audit("--replay", os.path.join(folder, "recording"), *NOW, "-p", "internet-nl,nist-800-177,bod-18-01,gmx", *args)
        found = requirements(result.domains[domain])
        test.equal({key: found[key] for key in expected}, expected, name)


@test
def enough(tool):
    names = [what for what, _, _ in table.SENDER + table.PARKED]
    test.check(len(table.SENDER) >= 60, f"{len(table.SENDER)} mutations of the sender")
    test.equal(len(names), len(set(n + "/s" for n, _, _ in table.SENDER)) + len(set(n for n, _, _ in table.PARKED)), "each once")
    # Every requirement of every profile is broken by some mutation, or stands here with the reason.
    unbroken = {"nist-800-177/dkim-rotation"}  # needs a report of half a year ago
    unbroken |= {key for _, expected in PROBED for key in expected if key.endswith(("/starttls", "/block-lists"))}
    touched = {name for _, _, expected in table.SENDER + table.PARKED for letter in "X!" for name in expected.get(letter, ())}
    with tempfile.TemporaryDirectory() as folder:
        every = set()
        for world in WORLDS:
            every |= set(requirements(judge(tool, folder, world, [])[1]))
    left = {name for name in every - touched if not name.startswith("baseline/")}
    test.equal(sorted(left), sorted(unbroken), "requirements that no mutation breaks")


if __name__ == "__main__":
    sys.exit(test.run(Tool(sys.argv[1])))
