#!/usr/bin/python3
"""Random SPF scenarios, judged by our evaluator and by pyspf (Debian's python3-spf). Every difference must belong to a
class of the table below, which says who is right and why; a difference in no class fails the run.

usage: spf_differential.py SPF_SCENARIOS [COUNT [SEED]]

Each scenario is run twice: with the void limit, and without it (so that the classes about voids hide nothing else).
"""

import random
import subprocess
import sys

import spf

# ---- scenarios ----

NAMES = [f"{c}.example" for c in "abcdefg"]
HOSTS = [f"h{i}.example" for i in range(6)]
MISSING = ["gone.example", "x.gone.example"]
IPS4 = ["192.0.2.1", "192.0.2.77", "198.51.100.9", "203.0.113.200"]
IPS6 = ["2001:db8::1", "2001:db8:1::77", "2001:db8:ffff::9"]
LOCALS = ["joe", "a.b-c", "strong-bad", "x+y_z"]
HELOS = ["mail.example.com", "h0.example", "helo.a.b.example"]
MACROS = ["%{d}", "%{d1}", "%{d2}", "%{o}", "%{l}", "%{l1}", "%{lr-}", "%{l1r-}", "%{i}", "%{ir}", "%{h}", "%{v}", "%{s}", "%{p}",
          "%{d1r}", "%{h2}", "%{L}", "%%", "%_", "%-"]
BROKEN = ["inlude:a.example", "a:1.2.3.4", "include:localhost", "ip4:1.2.3", "ip4:1.2.3.4/33", "a/33", "a//129", "mx:", "all:x",
          "%{z}.example", "exists:%{z}.example", "exists", "redirect:a.example", "ip6:::g", "ptr/24", "a:b_.c", "foo%", "x=%(y)"]


class Scenario:
    """One made-up DNS and one sender."""

    def __init__(self, rng):
        self.rng = rng
        self.with_voids = False
        self.records = []  # (name, type, text)
        self.ip = rng.choice(IPS4 + IPS6 if rng.random() < 0.4 else IPS4)
        self.helo, self.local, self.domain = rng.choice(HELOS), rng.choice(LOCALS), "example.com"
        for host in HOSTS:
            self.address_records(host)
        self.address_records("example.com")
        self.failing = {n for n in NAMES + HOSTS if rng.random() < 0.03}
        self.records += [(n, "F", "") for n in sorted(self.failing)]
        used = rng.sample(NAMES, rng.randint(1, len(NAMES)))
        self.policy("example.com", used)
        for i, name in enumerate(used):
            self.policy(name, used[i + 1:] if rng.random() < 0.97 else used)
        if rng.random() < 0.5:
            arpa = spf.query(i=self.ip, s="a@b.example", h="x")
            reverse = (spf.reverse_dots(arpa.i) + "." + arpa.v + ".arpa").lower()
            for host in rng.sample(HOSTS, rng.randint(1, 3)):
                self.records.append((reverse, "P", host))
        for name in ("why.example", "why2.example"):
            self.records.append((name, "T", rng.choice(["plain text", "sent by %{i} for %{d}", "%{c} %{r1}", "bad %{q}", "50%% off%_now"])))

    def address_records(self, name):
        rng = self.rng
        if rng.random() < 0.75:
            self.records += [(name, "A", ip) for ip in rng.sample(IPS4 + ["192.0.2.99", "10.1.1.1"], rng.randint(1, 2))]
        if rng.random() < 0.5:
            self.records += [(name, "A", ip) for ip in rng.sample(IPS6 + ["2001:db8:2::2"], rng.randint(1, 2))]
        if rng.random() < 0.5:
            hosts = [rng.choice(HOSTS + MISSING) for _ in range(rng.choice([1, 1, 2, 3, 11]))]
            self.records += [(name, "M", f"{10 + i} {h}") for i, h in enumerate(dict.fromkeys(hosts))]

    def name(self, deeper):
        rng = self.rng
        roll = rng.random()
        if roll < 0.12:
            return "".join(rng.choice(MACROS) for _ in range(rng.randint(1, 2))) + rng.choice([".example", ".h0.example", ".example.com"])
        if roll < 0.22:
            return rng.choice(MISSING)
        return rng.choice(HOSTS + ["example.com"] + deeper)

    def term(self, deeper):
        rng = self.rng
        q = rng.choice(["", "", "", "+", "-", "~", "?"])
        kind = rng.choice(["ip4", "ip4", "ip6", "a", "a", "mx", "exists", "include", "include", "ptr"])
        if kind == "ip4":
            return q + "ip4:" + rng.choice(IPS4 + ["10.0.0.0"]) + rng.choice(["", "/32", "/24", "/31", "/8", "/0" if rng.random() < 0.1 else ""])
        if kind == "ip6":
            return q + "ip6:" + rng.choice(IPS6) + rng.choice(["", "/128", "/64", "/48", "/32"])
        if kind in ("a", "mx"):
            name = "" if rng.random() < 0.25 else ":" + self.name(deeper)
            return q + kind + name + rng.choice(["", "", "/24", "//64", "/31//48"])
        if kind == "include":
            return q + "include:" + (rng.choice(deeper) if deeper and rng.random() < 0.85 else self.name(deeper))
        if kind == "ptr":
            return q + "ptr" + rng.choice(["", ":example", ":h1.example", ":" + self.name(deeper)]).replace(":example", "") if rng.random() < 0.5 else q + "a"
        return q + "exists:" + self.name(deeper)

    def policy(self, name, deeper):
        rng = self.rng
        if rng.random() < 0.05:
            return
        terms = [self.term(deeper) for _ in range(rng.randint(0, 5))]
        if rng.random() < 0.8:
            terms.append(rng.choice(["-all", "-all", "~all", "?all", "+all", "all"]))
        if rng.random() < 0.2:
            terms.insert(rng.randint(0, len(terms)), "redirect=" + (rng.choice(deeper) if deeper else self.name(deeper)))
        if rng.random() < 0.2:
            terms.insert(rng.randint(0, len(terms)), "exp=" + rng.choice(["why.example", "why2.example", "gone.example"]))
        if rng.random() < 0.1:
            terms.insert(rng.randint(0, len(terms)), rng.choice(["ra=x", "moo=%{d}", "x.y-z=1", "default=pass"]))
        if rng.random() < 0.04:
            terms.insert(rng.randint(0, len(terms)), rng.choice(BROKEN))
        text = "v=spf1" + "".join(rng.choice([" ", " ", "  "]) + t for t in terms)
        self.records.append((name, "T", text.upper() if rng.random() < 0.02 else text))
        if rng.random() < 0.01:
            self.records.append((name, "T", "v=spf1 -all"))

    def text(self, flags):
        lines = [f"{self.ip} {self.helo} {self.local} {self.domain} {flags}"]
        return "\n".join(lines + [" ".join(r).rstrip() if r[1] != "T" else " ".join(r) for r in self.records] + [".", ""])

    def lookup(self, name, qtype, tcpfallback=True, timeout=30):
        name = name.lower().rstrip(".")
        wanted = {"A": "A", "AAAA": "A", "MX": "M", "PTR": "P", "TXT": "T"}.get(qtype)
        found = []
        for owner, kind, text in self.records:
            if owner != name or kind != wanted:
                continue
            if kind == "A" and (":" in text) != (qtype == "AAAA"):
                continue
            value = {"A": text, "P": text, "T": [text.encode()]}.get(kind)
            if kind == "M":
                value = (int(text.split()[0]), text.split()[1])
            found.append(((name, qtype), value))
        if not found and name in self.failing:
            raise spf.TempError("DNS failure")
        return found


# ---- the other side ----

def theirs(scenario, voids):
    spf.DNSLookup = scenario.lookup
    spf.MAX_VOID_LOOKUPS = 2 if voids else 10 ** 6
    query = spf.query(i=scenario.ip, s=f"{scenario.local}@{scenario.domain}", h=scenario.helo, receiver="unknown", strict=True)
    query.set_default_explanation("")
    try:
        result, _, explanation = query.check()
    except Exception as error:  # pyspf lets a few of its own faults escape
        return f"exception {type(error).__name__}", 0, "", str(error)
    return result, query.lookups, explanation if result == "fail" else "", str(getattr(query, "prob", "") or "")


# ---- why they may differ ----
# id: (who is right, why, predicate(scenario, ours, theirs) over (code, lookups, voids, problem, explanation) and
# (code, lookups, explanation, problem))

def has(scenario, *parts):
    return any(part in text.lower() for _, kind, text in scenario.records if kind == "T" for part in parts)


CLASSES = {
    "void-count": (
        "ours", "pyspf counts every query that finds nothing (addresses of mx hosts, names of ptr and %{p}, targets of terms it "
        "never reaches); RFC 7208 4.6.4 counts terms, and only those that are evaluated",
        lambda s, o, t: s.with_voids and (o[3] == "voids" or "Void lookup limit" in t[3])),
    "include-of-itself": (
        "ours", "pyspf refuses a record that includes its own name even when an earlier term decides; to RFC 7208 that is no "
        "syntax error, the loop only ends in the limit of ten when it is entered",
        lambda s, o, t: t[0] == "permerror" and "trivial recursion" in t[3]),
    "upper-case-modifier": (
        "ours", "pyspf knows redirect= and exp= in lower case only; ABNF strings are case-insensitive (RFC 5234 2.3)",
        lambda s, o, t: any("V=SPF1" in text and ("REDIRECT=" in text or "EXP=" in text) for _, _, text in s.records)),

    "ptr-address-failure": (
        "ours", "pyspf gives temperror when an address lookup of ptr or %{p} fails; RFC 7208 5.5 skips that name",
        lambda s, o, t: t[0] == "temperror" and has(s, "ptr", "%{p}") and o[0] != "temperror"),
    "all-hosts-before-any": (
        "ours", "pyspf looks up every host of an mx before it compares the first; RFC 7208 5.4 goes host by host and stops "
        "at a match, so a later host that fails changes nothing",
        lambda s, o, t: t[0] == "temperror" and o[0] != "temperror" and has(s, "mx")),

    "redirect-counted-unread": (
        "ours", "pyspf counts a redirect= as soon as it reads the record; RFC 7208 4.6.4 limits terms that are evaluated",
        lambda s, o, t: t[0] == "permerror" and "Too many DNS lookups" in t[3] and has(s, "redirect=")),
}


def classify(scenario, ours, other):
    for name, (_, _, holds) in CLASSES.items():
        if holds(scenario, ours, other):
            return name
    return None


# ---- the run ----

def run_ours(program, scenarios, flags):
    data = "".join(s.text(flags) for s in scenarios)
    out = subprocess.run([program], input=data, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(out) == len(scenarios), (len(out), len(scenarios))
    results = []
    for line in out:
        head, _, explanation = line.partition("\t")
        code, lookups, voids, problem, rounds = head.split()
        results.append((code, int(lookups), int(voids), problem, explanation, int(rounds)))
    return results


def agree(ours, other):
    return ours[0] == other[0] and (ours[0] != "fail" or ours[4] == other[2])


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    seen, codes, unexplained, rounds = {}, {}, 0, 0
    for start in range(0, count, 500):
        scenarios = [Scenario(random.Random(f"{seed}-{i}")) for i in range(start, min(count, start + 500))]
        free, strict = run_ours(program, scenarios, "v"), run_ours(program, scenarios, "-")
        for scenario, without, within in zip(scenarios, free, strict):
            codes[without[0]] = codes.get(without[0], 0) + 1
            rounds = max(rounds, without[5], within[5])
            other = theirs(scenario, False)
            name = None
            if not agree(without, other):
                name = classify(scenario, without, other) or "UNEXPLAINED"
            else:
                limited = theirs(scenario, True)
                scenario.with_voids = True
                if not agree(within, limited):
                    name = classify(scenario, within, limited) or "UNEXPLAINED"
                    other, without = limited, within
            if name:
                seen[name] = seen.get(name, 0) + 1
            if name == "UNEXPLAINED":
                unexplained += 1
                if unexplained <= 10:
                    print("---- ours", without, "theirs", other)
                    print(scenario.text("-"))
    print(f"{count} scenarios, seed {seed}; results: " + ", ".join(f"{k} {v}" for k, v in sorted(codes.items())) +
          f"; at most {rounds} rounds")
    for name, number in sorted(seen.items()):
        who, why = CLASSES[name][:2] if name in CLASSES else ("", "")
        print(f"{number:6} {name}: {who} right: {why}")
    print(f"{count - sum(seen.values())} agree, {unexplained} unexplained")
    return 1 if unexplained or len(codes) < 6 else 0


if __name__ == "__main__":
    sys.exit(main())
