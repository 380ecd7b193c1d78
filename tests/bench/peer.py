#!/usr/bin/python3
"""The least that a peer must do for a domain, as fast as Debian's Python can do it: for bench_fleet.py.

usage: peer.py ADDRESS PORT NAMES [IN-FLIGHT]

Debian packages no program that audits a domain for sending mail; those that exist elsewhere are written in Python upon
dnspython. This asks with dnspython, IN-FLIGHT domains at once (default 200), what none of them could leave out: MX, SPF with its
includes, DMARC, and one DKIM selector. It parses nothing but the includes and judges nothing, so it is faster than any of
them. Prints domains, questions and seconds.
"""

import asyncio
import sys
import time

import dns.asyncquery
import dns.exception
import dns.message
import dns.rdatatype

TIMEOUT_S = 5
INCLUDES_MAX = 10


class Peer:
    def __init__(self, address, port):
        self.address, self.port, self.questions = address, port, 0

    async def ask(self, name, kind):
        self.questions += 1
        query = dns.message.make_query(name, kind, use_edns=0)
        try:
            answer = await dns.asyncquery.udp(query, self.address, port=self.port, timeout=TIMEOUT_S)
        except dns.exception.DNSException:
            return []
        return [record for records in answer.answer for record in records if record.rdtype == dns.rdatatype.from_text(kind)]

    async def texts(self, name):
        return [b"".join(record.strings).decode("ascii", "replace") for record in await self.ask(name, "TXT")]

    async def spf(self, name, left=INCLUDES_MAX):
        for text in await self.texts(name):
            if text.startswith("v=spf1"):
                targets = [term[8:] for term in text.split() if term.startswith("include:")][:left]
                await asyncio.gather(*(self.spf(target, left - len(targets)) for target in targets))

    async def domain(self, name):
        await asyncio.gather(self.ask(name, "MX"), self.spf(name), self.texts(f"_dmarc.{name}"),
                             self.texts(f"default._domainkey.{name}"))


async def run(peer, names, in_flight):
    left = iter(names)

    async def work():
        for name in left:
            await peer.domain(name)

    await asyncio.gather(*(work() for _ in range(in_flight)))


def main():
    peer = Peer(sys.argv[1], int(sys.argv[2]))
    with open(sys.argv[3], encoding="ascii") as f:
        names = f.read().split()
    begun = time.monotonic()
    asyncio.run(run(peer, names, int(sys.argv[4]) if len(sys.argv) > 4 else 200))
    print(len(names), peer.questions, f"{time.monotonic() - begun:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
