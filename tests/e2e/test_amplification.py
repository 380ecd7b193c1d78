#!/usr/bin/python3
"""What a hostile domain may cost, and that it costs nobody else anything.

usage: test_amplification.py BINARY [TEST...]

Zones built to make the work grow: trees of includes, mail exchangers by the hundred, chains of aliases, report addresses in a
thousand domains, names of a hundred labels, records as large as a message, terms by the ten thousand, macros that multiply;
and a resolver that sends its answer an octet at a time. The ceilings are those of docs/threats.md.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time

from lab import die_with_parent
from serving import Server, header
from tool import Tests, scratch

test = Tests()
CLOCK = ("--now", "2026-11-20T12:00:00Z")
QUESTIONS_MAX, ROUNDS_MAX = 2000, 48
CPU_MAX_S = 10       # of one domain; half a second is the worst seen
MEMORY_MAX = 128 << 10  # KiB, facts and answers and what the program is without them
BENIGN = 1000


def txt(name, text):
    strings = " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))
    return f"{name}. TXT {strings}"


def head(domain):
    return [f"{domain}. SOA ns.{domain}. h.{domain}. 1 7200 900 1209600 300", f"{domain}. NS ns.{domain}.", f"ns.{domain}. A 192.0.2.1"]


def hostile():
    """domain -> records"""
    tree = [txt("tree.example", "v=spf1 " + " ".join(f"include:a{i}.tree.example" for i in range(40)) + " -all")]
    for i in range(40):
        tree.append(txt(f"a{i}.tree.example", "v=spf1 " + " ".join(f"include:b{j}.tree.example" for j in range(i, i + 20)) + " -all"))
        tree.append(txt(f"c{i}.tree.example", "v=spf1 " + " ".join(f"ip4:10.{i}.{j}.0/24" for j in range(250)) + " -all"))
    for j in range(60):
        terms = " ".join(f"include:c{i}.tree.example" for i in range(40))
        tree.append(txt(f"b{j}.tree.example", f"v=spf1 {terms} mx ptr a exists:%{{i}}._x.tree.example -all"))
    farm = [txt("farm.example", "v=spf1 mx mx:farm.example -all")]
    for i in range(400):
        farm.append(f"farm.example. MX {i} mx{i}.farm.example.")
        farm += [f"mx{i}.farm.example. A 198.51.{i % 250}.{j}" for j in range(20)]
    huge = [txt("*.huge.example", "v=DKIM1; k=rsa; p=" + "A" * 60000),
            txt("huge.example", "v=spf1 " + " ".join(f"ip4:10.0.{i // 250}.{i % 250}" for i in range(3500)) + " -all")]
    fan = [txt("_dmarc.fan.example", "v=DMARC1; p=reject; rua=" + ",".join(f"mailto:x@r{i}.e{i}.example" for i in range(1500)))]
    chain = [f"c{i}.chain.example. CNAME c{i + 1}.chain.example." for i in range(200)]
    chain += ["*._domainkey.chain.example. CNAME c0.chain.example.", "chain.example. MX 10 c0.chain.example.",
              txt("chain.example", "v=spf1 include:c0.chain.example a:c0.chain.example -all")]
    ring = ["r0.ring.example. CNAME r1.ring.example.", "r1.ring.example. CNAME r0.ring.example.", "ring.example. MX 1 r0.ring.example.",
            txt("ring.example", "v=spf1 include:ring.example redirect=ring.example a:r0.ring.example"), "_dmarc.ring.example. CNAME r0.ring.example."]
    terms = [txt("terms.example", "v=spf1 " + " ".join(["?all"] * 12000)), txt("_dmarc.terms.example", "v=DMARC1;" + "p=none;" * 9000),
             txt("s1._domainkey.terms.example", "v=DKIM1;" + "n=x;" * 15000)]
    macro = [txt("macro.example", "v=spf1 " + " ".join(f"exists:%{{l1r-}}.%{{d}}.%{{i}}.%{{h}}{'%{d}' * 20}x{i}.macro.example"
                                                       for i in range(300)) + " -all")]
    return {"tree.example": tree, "farm.example": farm, "huge.example": huge, "fan.example": fan, "chain.example": chain,
            "ring.example": ring, ".".join(["a"] * 100) + ".deep.example": [], "terms.example": terms, "macro.example": macro}


def benign():
    lines = []
    for i in range(BENIGN):
        d = f"b{i}.example"
        lines += [*head(d), f"{d}. MX 10 ns.{d}.", txt(d, f"v=spf1 ip4:192.0.2.{i % 256} include:s{i % 20}.vendor.example -all"),
                  txt(f"_dmarc.{d}", "v=DMARC1; p=reject")]
    lines += head("vendor.example") + [txt(f"s{i}.vendor.example", f"v=spf1 ip4:198.51.100.{i} ~all") for i in range(20)]
    return lines


def brief(report):
    """Its name, its cost, and a digest of all the rest."""
    dns = report.pop("dns")
    dns.pop("elapsed_ms")
    dns["spent"] = [f["args"]["budget"] for f in report["findings"] if f["id"] == "audit-budget-spent"]
    return report["domain"], dns, hashlib.sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()


class World:
    def __init__(self, binary):
        self.binary, self.folder = os.path.abspath(binary), scratch()
        self.bad, self.zone = hostile(), os.path.join(self.folder, "zone")
        lines = ["$TTL 300", *benign()]
        for domain, records in self.bad.items():
            lines += head("deep.example" if domain.endswith("deep.example") else domain) + records
        with open(self.zone, "w", encoding="ascii") as f:
            f.write("\n".join(lines) + "\n")

    def __call__(self, names, *more):
        """Domain objects, CPU seconds and peak KiB of the program and its helpers."""
        path = os.path.join(self.folder, "names")
        with open(path, "w", encoding="ascii") as f:
            f.write("\n".join(names))
        out = os.path.join(self.folder, "out")
        with open(out, "wb") as f:
            child = subprocess.Popen([self.binary, "-z", self.zone, *CLOCK, "-f", "ndjson", "-i", path, *more], stdin=subprocess.DEVNULL,
                                     stdout=f, stderr=subprocess.PIPE, preexec_fn=die_with_parent)
            err = child.stderr.read().decode()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 1, 3):
            raise RuntimeError(f"exit status {child.returncode}: {err[-500:]}")
        # The peak of a child counts what its parent had when it was forked: little is kept here.
        with open(out, encoding="utf-8") as f:
            reports = [brief(json.loads(line)) for line in f]
        return reports, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


@test
def one_costs_its_ceilings_at_most(world):
    senders = ("--ip", "192.0.2.0/26", "-s", "s1", "--selectors", "all")
    _, base, _ = world(["b0.example"])
    for domain in world.bad:
        ((_, dns, _),), cpu, memory = world([domain], *senders)
        test.check(dns["questions"] <= QUESTIONS_MAX and dns["rounds"] <= ROUNDS_MAX, f"{domain[:20]}: {dns}")
        test.check(cpu - base < CPU_MAX_S, f"{domain[:20]}: {cpu - base:.1f} s of CPU")
        test.check(memory < MEMORY_MAX, f"{domain[:20]}: {memory} KiB")
        # Walks have ceilings of their own, so that few domains come to those of the audit; who does is told so.
        test.equal(dns["spent"], ["octets of answers"] if domain == "huge.example" else [], f"{domain[:20]}: what was spent")


@test
def nobody_else_pays(world):
    """Nine hostile domains among a thousand: the reports of the others are the same, octet for octet but for times."""
    names = [f"b{i}.example" for i in range(BENIGN)]
    clean, base, _ = world(names)
    mixed = list(names)
    for i, domain in enumerate(world.bad):
        mixed.insert(i * 100, domain)
    for threads in ("1", "2"):
        reports, cpu, memory = world(mixed, "--threads", threads)
        test.equal(len(reports), len(mixed), "reports")
        others = [report for report in reports if report[0] not in world.bad]
        changed = [was[0] for was, now in zip(clean, others) if was != now]
        test.equal(changed, [], "judged otherwise beside hostile domains")
        test.check(cpu < base + len(world.bad) * CPU_MAX_S, f"{cpu:.1f} s of CPU, {base:.1f} s without them")
        test.check(memory < 2 * MEMORY_MAX, f"{memory} KiB")


class Drip(Server):
    """A resolver that answers over UDP "too long", and over TCP an octet a fifth of a second."""

    def received(self, s, data, peer):
        s.sendto(header(data, 0x8380), peer)

    def connection(self, peer):
        for octet in b"\xff\xff" + bytes(65535):
            peer.send(bytes([octet]))
            time.sleep(0.2)


@test
def drips_end(world):
    drip = Drip("127.0.0.1")
    began = time.monotonic()
    done = subprocess.run([world.binary, "-n", f"127.0.0.1:{drip.port}", "--timeout", "1", "--retries", "0", "-f", "json", "--dnssec=no",
                           "--authority=no", "b0.example"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    test.equal(done.returncode, 3, f"exit status: {done.stderr[-300:]}")
    test.check(time.monotonic() - began < 20, f"{time.monotonic() - began:.0f} s at a second a question")
    domain = json.loads(done.stdout)["domains"][0]
    missing = [f["id"] for f in domain["findings"] if "missing" in f["id"] or f["id"].endswith("-none")]
    test.equal(missing, [], "said to be missing")


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return test.run(World(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
