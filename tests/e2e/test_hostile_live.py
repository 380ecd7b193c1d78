#!/usr/bin/python3
"""Hostile domains in a live run: what their servers do to the resolver changes no other domain's report, and ends.

usage: test_hostile_live.py BINARY [TEST...]

One resolver in a process of its own answers for BENIGN domains at once and as it should. For the others it is silent, drips, sends ever new
aliases, trees of includes without a leaf, 60,000 octets whatever is asked, the wrong answers by the dozen before the right one, broken messages,
or every answer just before the question is given up.
"""

import json
import multiprocessing
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import dns.rdata
import dns.rdataclass
import dns.rdatatype

from lab import die_with_parent
from tool import Tests, Tool

test = Tests()
BENIGN = 200
TIMEOUT_S = 1
ADDRESS = "127.0.0.1"
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
HOSTILE = ("silent", "drip", "aliases", "includes", "glut", "flood", "broken", "late", "referral", "refused")


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def record(name, kind, rdata, ttl=300):
    return wire_name(name) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(rdata)) + rdata


def txt(text):
    octets = text.encode()
    return b"".join(bytes([len(octets[i:i + 255])]) + octets[i:i + 255] for i in range(0, len(octets), 255))


def text_record(name, kind, text):
    return record(name, kind, dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), text).to_wire())


def benign_zone():
    """(name, type number) -> records, and every name that is there."""
    answers = {("7.2.0.192.in-addr.arpa", TYPES["PTR"]): [text_record("7.2.0.192.in-addr.arpa", "PTR", "mail.b0.example.")],
               ("mail.b0.example", TYPES["A"]): [text_record("mail.b0.example", "A", "192.0.2.7")]}
    for i in range(BENIGN):
        d = f"b{i}.example"
        for name, kind, text in ((d, "SOA", f"ns.{d}. h.{d}. 1 7200 900 1209600 300"), (d, "NS", f"ns.{d}."), (d, "MX", f"10 mx.{d}."),
                                 (f"mx.{d}", "A", f"198.51.100.{i % 250}"), (f"ns.{d}", "A", "198.51.100.1"),
                                 (d, "TXT", f'"v=spf1 ip4:192.0.2.{i % 250} include:s{i % 20}.vendor.example -all"'),
                                 (f"_dmarc.{d}", "TXT", '"v=DMARC1; p=reject"')):
            answers.setdefault((name, TYPES[kind]), []).append(text_record(name, kind, text))
    for i in range(20):
        answers[(f"s{i}.vendor.example", 16)] = [text_record(f"s{i}.vendor.example", "TXT", f'"v=spf1 ip4:198.51.100.{i} ~all"')]
    return answers


class Resolver:
    """Answers on UDP in one thread; TCP connections and what is late have threads of their own."""

    def __init__(self, udp, tcp):
        self.udp, self.tcp, self.answers = udp, tcp, benign_zone()
        self.names = {name for name, _ in self.answers}
        self.draw = random.Random(1)
        threading.Thread(target=self.connections, daemon=True).start()
        while True:
            query, peer = udp.recvfrom(4096)
            for message in self.messages(query, peer, False):
                udp.sendto(message, peer)

    def connections(self):
        while True:
            peer, _ = self.tcp.accept()
            threading.Thread(target=self.connection, args=(peer,), daemon=True).start()

    def connection(self, peer):
        try:
            while True:
                head = peer.recv(2, socket.MSG_WAITALL)
                query = peer.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
                if b"\4drip\7example" in query.lower():
                    for octet in b"\xff\xff" + bytes(65535):
                        peer.send(bytes([octet]))
                        time.sleep(0.2)
                for message in self.messages(query, None, True):
                    peer.sendall(struct.pack("!H", len(message)) + message)
        except (OSError, struct.error):
            peer.close()

    @staticmethod
    def message(query, end, records=(), rcode=0, flags=0x8180):
        return query[:2] + struct.pack("!HHHHH", flags | rcode, 1, len(records), 0, 0) + query[12:end] + b"".join(records)

    def messages(self, query, peer, tcp):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += 1 + query[at]
        end, kind = at + 5, struct.unpack("!H", query[at + 1:at + 3])[0]
        name = ".".join(labels)
        how = labels[-2] if len(labels) > 1 and labels[-1] == "example" else ""
        if how in HOSTILE:
            return getattr(self, how)(query, end, name, kind, peer, tcp)
        found = self.answers.get((name, kind), ())
        known = found or name in self.names or any(n.endswith("." + name) for n in (f"_dmarc.{name}",) if n in self.names)
        return [self.message(query, end, found, 0 if known else 3)]

    def silent(self, *_):
        return []

    def drip(self, query, end, *_):
        return [self.message(query, end, flags=0x8380)]

    def fresh(self, how):
        return f"x{self.draw.getrandbits(60):x}.{how}.example"

    def aliases(self, query, end, name, *_):
        return [self.message(query, end, [record(name, "CNAME", wire_name(self.fresh("aliases")))])]

    def includes(self, query, end, name, kind, _, tcp):
        if kind == TYPES["MX"]:
            return [self.message(query, end, [record(name, "MX", b"\0\1" + wire_name(self.fresh("includes"))) for _ in range(30)], flags=0x8180)]
        if kind != TYPES["TXT"]:
            return [self.message(query, end)]
        text = "v=spf1 " + " ".join(f"include:{self.fresh('includes')}" for _ in range(9)) + " mx -all"
        return [self.message(query, end, [record(name, "TXT", txt(text))])]

    def glut(self, query, end, name, kind, _, tcp):
        if not tcp:
            return [self.message(query, end, flags=0x8380)]
        return [self.message(query, end, [record(name, "TXT", txt("v=spf1 " + "a " * 30000))] if kind == TYPES["TXT"] else
                             [record(name, "A", bytes([192, 0, 2, i % 250])) for i in range(1500)])]

    def flood(self, query, end, name, *_):
        lies = [struct.pack("!H", self.draw.getrandbits(16)) + self.message(query, end, [record(name, "TXT", txt("v=spf1 +all"))])[2:] for _ in range(50)]
        return [*lies, self.message(query, end, rcode=3)]

    def broken(self, query, end, name, *_):
        good = bytearray(self.message(query, end, [record(name, "TXT", txt("v=spf1 +all"))]))
        for _ in range(3):
            good[self.draw.randrange(12, len(good))] = self.draw.getrandbits(8)
        return [bytes(good[:self.draw.randrange(12, len(good))])]

    def late(self, query, end, name, kind, peer, _):
        def answer():
            time.sleep(0.9 * TIMEOUT_S)
            self.udp.sendto(self.message(query, end, [record(name, "TXT", txt("v=spf1 -all"))] if kind == TYPES["TXT"] else ()), peer)
        if peer:
            threading.Thread(target=answer, daemon=True).start()
        return []

    def referral(self, query, end, name, *_):
        return [query[:2] + struct.pack("!HHHHH", 0x8000, 1, 0, 1, 0) + query[12:end] + record(name, "NS", wire_name(self.fresh("referral")))]

    def refused(self, query, end, *_):
        return [self.message(query, end, rcode=5)]


class Run:
    def __init__(self, binary):
        self.tool = Tool(binary)
        self.folder = tempfile.mkdtemp()
        tcp = socket.create_server((ADDRESS, 0), backlog=256)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        udp.bind(tcp.getsockname())
        self.server = f"{ADDRESS}:{tcp.getsockname()[1]}"
        self.process = multiprocessing.get_context("fork").Process(target=Resolver, args=(udp, tcp), daemon=True)
        self.process.start()

    def __call__(self, names, *more):
        """domain -> report without its cost, and seconds."""
        path = os.path.join(self.folder, "names")
        with open(path, "w", encoding="ascii") as f:
            f.write("\n".join(names))
        began = time.monotonic()
        done = subprocess.run([self.tool.binary, "-n", self.server, "--timeout", str(TIMEOUT_S), "--retries", "1", "-f", "ndjson", "--no-fetch", "-i", path,
                               "--ip", "192.0.2.7", *more], stdin=subprocess.DEVNULL, capture_output=True, timeout=170, preexec_fn=die_with_parent)
        if done.returncode not in (0, 1, 3):
            raise RuntimeError(f"exit status {done.returncode}: {done.stderr[-300:]}")
        reports = {}
        for line in done.stdout.decode().splitlines():
            report = json.loads(line)
            cost = report.pop("dns")
            reports[report["domain"]] = (json.dumps(timeless(report), sort_keys=True), cost, report)
        return reports, time.monotonic() - began


def timeless(value):
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key != "ttl_s"}
    return [timeless(item) for item in value] if isinstance(value, list) else value


@test
def each_ends(run):
    for how in HOSTILE:
        name = how + ".example"
        reports, took = run([name])
        text, cost, report = reports[name]
        test.check(took < 100, f"{how}: {took:.0f} s")
        test.check(cost["questions"] <= 2000 and cost["rounds"] <= 48, f"{how}: {cost}")
        # Without an answer nothing is missing and nothing is fine.
        unknown = how in ("silent", "drip", "aliases", "broken", "referral", "refused")
        test.equal(report["verdict"], "incomplete" if unknown else "fail", how)
        told = [f["id"] for f in report["findings"] if f["id"] in ("spf-missing", "dmarc-missing", "mx-none", "mx-domain-nxdomain")]
        test.check(not unknown or not told, f"{how}: {told}")
        test.check("+all" not in json.dumps(report["facts"]["spf"]["record"]), f"{how}: a lie was believed")


@test
def nobody_else_pays(run):
    names = [f"b{i}.example" for i in range(BENIGN)]
    clean, base = run(names)
    test.check(all(f"v=spf1 ip4:192.0.2.{i % 250} " in clean[f"b{i}.example"][2]["facts"]["spf"]["record"] for i in range(BENIGN)), "the resolver does not answer")
    mixed = list(names)
    for i, how in enumerate(HOSTILE):
        mixed.insert(i * 15, how + ".example")
    for threads in ("1", "2"):
        reports, took = run(mixed, "--threads", threads)
        test.equal(len(reports), len(mixed), "reports")
        changed = [name for name in names if reports[name][0] != clean[name][0]]
        test.equal(changed, [], f"{threads} threads: judged otherwise beside hostile domains")
        test.check(took < base + 120, f"{threads} threads: {took:.0f} s, {base:.0f} s without them")


def main():
    return test.run(Run(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
