#!/usr/bin/python3
"""--blocklists over live DNS: what is asked, how often, and never without being told to.

usage: test_blocklists.py BINARY [TEST...]
"""

import collections
import json
import os
import socket
import struct
import sys

from serving import UDP, DnsServer, header
from tool import ROOT, Tests, Tool, slugs

test = Tests()

with open(os.path.join(ROOT, "data/blocklists.json"), encoding="utf-8") as f:
    LISTS = json.load(f)["lists"]
A, TXT = 1, 16


def reverse(address):
    return ".".join(reversed(address.split(".")))


class Resolver(DnsServer):
    """Knows two domains and all lists, and remembers what it is asked."""

    def __init__(self):
        self.asked = []  # in several threads at once
        self.records = {
            ("one.example.com", TXT): "v=spf1 ip4:192.0.2.10 -all", ("two.example.com", TXT): "v=spf1 ip4:192.0.2.10 -all",
            (f"{reverse('192.0.2.10')}.zen.spamhaus.org", A): "127.0.0.2",
        }
        for row in LISTS:
            point = row["test"]["listed"]
            self.records[f"{reverse(point) if row['kind'] == 'ip' else point}.{row['zone']}", A] = \
                "127.0.0.14" if row["bits"] else "127.0.0.2"
        super().__init__("127.0.0.1", kinds=[UDP])

    def reply(self, query, tcp):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        name, kind = ".".join(labels).lower(), struct.unpack("!H", query[at + 1:at + 3])[0]
        self.asked.append((name, kind))
        found = self.records.get((name, kind))
        answer = header(query, 0x8180 if found else 0x8183, 1 if found else 0)
        if found:
            data = socket.inet_aton(found) if kind == A else bytes([len(found)]) + found.encode()
            answer += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 300, len(data)) + data
        return answer

    def of_lists(self):
        return {key: count for key, count in collections.Counter(self.asked).items()
                if any(key[0].endswith("." + row["zone"]) for row in LISTS)}


def run(tool, server, *args):
    server.asked.clear()
    return tool.audit("-n", f"127.0.0.1:{server.port}", "--selectors", "none", "--dnssec=no", "--authority=no", "--no-fetch", *args)


@test
def off_by_default(tool, server):
    run(tool, server, "one.example.com")
    test.equal(server.of_lists(), {}, "no list is asked")


@test
def listed(tool, server):
    domain = run(tool, server, "--blocklists", "one.example.com").domains["one.example.com"]
    have = {slug for slug in slugs(domain) if slug.startswith("blocklist-")}
    test.equal(have, {"blocklist-ip-listed"}, "findings")
    test.equal([row["list"] for row in domain["facts"]["blocklists"]["listed"]], ["spamhaus-zen"], "where")
    test.equal({row["state"] for row in domain["facts"]["blocklists"]["lists"]}, {"usable"}, "every list is used")


@test
def test_points_once_a_run(tool, server):
    run(tool, server, "--blocklists", "one.example.com", "two.example.com")
    for key, count in server.of_lists().items():
        test.equal(count, 1, f"{key} asked")
    test.check(len(server.of_lists()) >= 3 * len(LISTS) - 1, "all lists were asked")


@test
def public_among_the_resolvers(tool, server):
    server.asked.clear()
    result = tool("-n", f"127.0.0.1:{server.port}", "-n", "8.8.8.8", "--blocklists", "one.example.com")
    test.equal((result.status, len(result.err.splitlines())), (2, 1), result.err)
    test.check("8.8.8.8" in result.err and "--nameserver" in result.err, result.err)
    test.equal(len(server.asked), 0, "nothing was asked")


if __name__ == "__main__":
    sys.exit(test.run(Tool(sys.argv[1]), Resolver()))
