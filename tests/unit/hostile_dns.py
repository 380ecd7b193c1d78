#!/usr/bin/python3
"""A DNS server that misbehaves as the first label of the name asks for. UDP and TCP on one loopback port.

usage: hostile_dns.py [ADDRESS [MODE]]

Prints the port once it listens. MODE answers every name that way, whatever its first label is; "mute" answers nothing,
"notcp" listens on UDP only. Ends when standard input is closed, so that no test leaves one behind.
"""

import collections
import heapq
import os
import re
import select
import socket
import struct
import sys
import time

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
QR, AA, TC, RD, RA, AD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020


def wire_name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.rstrip(".").split(".") if label) + b"\0"


def record(owner, kind, rdata, ttl=300):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(rdata)) + rdata


def a_record(owner, last=1, ttl=300):
    return record(owner, 1, bytes([192, 0, 2, last]), ttl)


def soa(owner):
    return record(owner, 6, wire_name("ns.test") + wire_name("root.test") + struct.pack("!5I", 1, 2, 3, 4, 60), 900)


def opt(rcode_high=0, options=b""):
    return b"\0" + struct.pack("!HHIH", 41, 1232, rcode_high << 24, len(options)) + options


def ede(code, text=b""):
    return struct.pack("!HHH", 15, 2 + len(text), code) + text


class Query:
    def __init__(self, wire):
        self.wire = wire
        self.id, self.flags, self.qdcount, _, _, self.arcount = struct.unpack("!6H", wire[:12])
        at, labels = 12, []
        while wire[at]:
            labels.append(wire[at + 1:at + 1 + wire[at]].decode("latin-1"))
            at += 1 + wire[at]
        self.labels = labels
        self.name = wire[12:at + 1]
        self.type = struct.unpack("!H", wire[at + 1:at + 3])[0]
        self.question = wire[12:at + 5]
        self.edns = self.arcount > 0

    def reply(self, rcode=NOERROR, answer=(), authority=(), extra=None, flags=QR | RD | RA, question=None, ident=None):
        if extra is None:
            extra = (opt(),) if self.edns else ()
        question = self.question if question is None else question
        return struct.pack("!6H", self.id if ident is None else ident, flags | rcode, 1 if question else 0, len(answer),
                           len(authority), len(extra)) + question + b"".join(answer) + b"".join(authority) + b"".join(extra)


class Server:
    def __init__(self, address, mode):
        self.mode = mode
        self.seen = collections.Counter()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        while True:
            self.udp.bind((address, 0))
            self.port = self.udp.getsockname()[1]
            self.listener = None
            if mode == "notcp":
                break
            self.listener = socket.socket(family, socket.SOCK_STREAM)
            try:
                self.listener.bind((address, self.port))
                self.listener.listen(64)
                break
            except OSError:
                self.udp.close()
                self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.streams = {}
        self.later = []
        self.serial = 0

    # ---- what to say; a list of (delay, message), None closes a stream ----

    def replies(self, query, stream):
        label = self.mode if self.mode not in (None, "notcp") else query.labels[0].lower()
        number = int((re.findall(r"\d+$", label) or ["0"])[0])
        kind = label.rstrip("0123456789")
        key = (query.name.lower(), query.type)
        self.seen[key] += 1
        method = getattr(self, "say_" + kind, self.say_ok)
        out = method(query, stream, number, self.seen[key])
        if out is None:
            return []
        return out if isinstance(out, list) else [(0, out)]

    def say_ok(self, query, stream, number, count):
        if query.type == 1:
            return query.reply(answer=[a_record(query.name)])
        if query.type == 16:
            return query.reply(answer=[record(query.name, 16, b"\x05hello\x00\x05world")])
        return query.reply(authority=[soa(wire_name("test"))])

    def say_mute(self, query, stream, number, count):
        return None

    def say_wake(self, query, stream, number, count):
        """Nothing to the first questions, whatever they are."""
        self.seen["wake"] += 1
        return None if self.seen["wake"] <= number else self.say_ok(query, stream, 0, count)

    def say_ad(self, query, stream, number, count):
        return query.reply(answer=[a_record(query.name)], flags=QR | RD | RA | (query.flags & AD))

    def say_nx(self, query, stream, number, count):
        return query.reply(NXDOMAIN, authority=[soa(wire_name("test"))])

    def say_nodata(self, query, stream, number, count):
        return query.reply(authority=[soa(wire_name("test"))])

    def say_nosoa(self, query, stream, number, count):
        return query.reply()

    def say_lame(self, query, stream, number, count):
        return query.reply(authority=[record(b"\0", 2, wire_name("a.root.test"))], flags=QR)

    def say_hollow(self, query, stream, number, count):
        return query.reply(flags=QR)

    def say_servfail(self, query, stream, number, count):
        return query.reply(SERVFAIL)

    def say_refused(self, query, stream, number, count):
        return query.reply(REFUSED)

    def say_busy(self, query, stream, number, count):
        return query.reply(REFUSED) if count <= number else self.say_ok(query, stream, 0, count)

    def say_rcode(self, query, stream, number, count):
        return query.reply(number & 15, extra=[opt(number >> 4)])

    def say_bogus(self, query, stream, number, count):
        return query.reply(SERVFAIL, extra=[opt(0, ede(22) + ede(7, b"signature expired\0"))])

    def say_filter(self, query, stream, number, count):
        return query.reply(NXDOMAIN, authority=[soa(wire_name("test"))], extra=[opt(0, ede(number))])

    def say_ede(self, query, stream, number, count):
        return query.reply(SERVFAIL, extra=[opt(0, ede(number))])

    def say_drop(self, query, stream, number, count):
        return None if number == 0 or count <= number else self.say_ok(query, stream, 0, count)

    def say_delay(self, query, stream, number, count):
        return [(number / 1000, self.say_ok(query, stream, 0, count))]

    def say_wrongid(self, query, stream, number, count):
        return query.reply(answer=[a_record(query.name, 66)], ident=query.id ^ 0x5555)

    def say_wrongq(self, query, stream, number, count):
        other = wire_name("victim.test")
        return query.reply(answer=[a_record(other, 66)], question=other + struct.pack("!HH", query.type, 1))

    def say_forged(self, query, stream, number, count):
        """Wrong answers first, the right one last."""
        bad = [b"", b"\0", struct.pack("!H", query.id), self.say_wrongid(query, stream, 0, 0),
               self.say_wrongq(query, stream, 0, 0), struct.pack("!H", query.id) + b"\xff" * 40]
        return [(0, message) for message in bad] + [(0.02, self.say_ok(query, stream, 0, count))]

    def say_garbage(self, query, stream, number, count):
        return query.reply(answer=[b"\xc0\xff\xff\xff\xff"])

    def say_rdlen(self, query, stream, number, count):
        return query.reply(answer=[query.name + struct.pack("!HHIH", 1, 1, 300, 9999) + b"\1\2\3\4"])

    def say_longa(self, query, stream, number, count):
        return query.reply(answer=[record(query.name, 1, b"\1\2\3\4\5\6")])

    def say_pointer(self, query, stream, number, count):
        """An owner that points at itself."""
        at = 12 + len(query.question)
        return query.reply(answer=[record(struct.pack("!H", 0xc000 | at), 1, b"\1\2\3\4")])

    def say_echo(self, query, stream, number, count):
        return query.wire

    def say_empty(self, query, stream, number, count):
        return [(0, b"")] if not stream else None

    def say_tc(self, query, stream, number, count):
        if not stream:
            return query.reply(flags=QR | RD | RA | TC)
        return query.reply(answer=[record(query.name, 16, b"\xff" + b"x" * 255) for _ in range(number or 10)])

    def say_tcpart(self, query, stream, number, count):
        if not stream:
            return query.reply(answer=[record(query.name, 16, b"\4part")], flags=QR | RD | RA | TC)
        return [(0, None)]

    def say_tctc(self, query, stream, number, count):
        """Cut short over TCP too."""
        return query.reply(flags=QR | RD | RA | TC)

    def say_tclast(self, query, stream, number, count):
        """One answer a connection."""
        if not stream:
            return query.reply(flags=QR | RD | RA | TC)
        return [(0, self.say_ok(query, stream, 0, count)), (0, None)]

    def say_big(self, query, stream, number, count):
        """Too large a datagram, and no TC."""
        return query.reply(answer=[record(query.name, 16, bytes([200]) + b"y" * 200 + b"\1" + bytes([65 + i])) for i in
                                   range(30)])

    def say_huge(self, query, stream, number, count):
        """A message of 65,535 octets."""
        if not stream:
            return query.reply(flags=QR | RD | RA | TC)
        empty = len(query.reply(answer=[], extra=[]))
        left, answer = 65535 - empty, []
        while left:
            size = min(left, 3000)
            if 0 < left - size < 600:
                size -= 700
            strings, rest = b"", size - 12
            while rest:
                n = min(rest, 256)
                if rest - n == 1:
                    pass
                strings += bytes([n - 1]) + b"z" * (n - 1)
                rest -= n
            answer.append(record(b"\xc0\x0c", 16, strings))
            left -= size
        return query.reply(answer=answer, extra=[])

    def say_many(self, query, stream, number, count):
        if not stream:
            return query.reply(flags=QR | RD | RA | TC)
        return query.reply(answer=[record(b"\xc0\x0c", 1, bytes([10, 0, i >> 8, i & 255])) for i in range(number or 3000)])

    def say_bomb(self, query, stream, number, count):
        """Names that grow when they are spelled out."""
        if not stream:
            return query.reply(flags=QR | RD | RA | TC)
        long_name = b"".join(b"\x3f" + b"\x01" * 63 for _ in range(3)) + b"\0"
        first = record(long_name, 1, b"\1\2\3\4")
        at = 12 + len(query.question)
        return query.reply(answer=[first] + [record(struct.pack("!H", 0xc000 | at), 12, struct.pack("!H", 0xc000 | at))
                                             for _ in range(1000)])

    def say_formerr(self, query, stream, number, count):
        return query.reply(FORMERR, extra=()) if query.edns else self.say_ok(query, stream, 0, count)

    def say_formerrbare(self, query, stream, number, count):
        if not query.edns:
            return self.say_ok(query, stream, 0, count)
        return query.reply(FORMERR, extra=(), question=b"")

    def say_notimp(self, query, stream, number, count):
        return query.reply(NOTIMP, extra=()) if query.edns else self.say_ok(query, stream, 0, count)

    def say_badvers(self, query, stream, number, count):
        return query.reply(0, extra=[opt(1)]) if query.edns else self.say_ok(query, stream, 0, count)

    def say_noedns(self, query, stream, number, count):
        return query.reply(answer=[a_record(query.name)], extra=())

    # ---- aliases ----

    def alias(self, query, target, more=()):
        return query.reply(answer=[record(query.name, 5, target), *more])

    def rest(self, query):
        return query.name[1 + query.name[0]:]

    def to(self, query, label):
        return bytes([len(label)]) + label.encode() + self.rest(query)

    def say_cname(self, query, stream, number, count):
        """Followed by the server: number aliases, then an address."""
        answer, owner = [], query.name
        for i in range(number or 1):
            target = self.to(query, "t%d" % i)
            answer.append(record(owner, 5, target, 100 + i))
            owner = target
        return query.reply(answer=answer + [a_record(owner, 7, 50)])

    def say_bare(self, query, stream, number, count):
        return self.alias(query, self.to(query, "ok" if number == 0 else "bare%d" % (number - 1)))

    def say_barenx(self, query, stream, number, count):
        return self.alias(query, self.to(query, "nx"))

    def say_barefail(self, query, stream, number, count):
        return self.alias(query, self.to(query, "servfail"))

    def say_barenodata(self, query, stream, number, count):
        return self.alias(query, self.to(query, "nodata"))

    def say_self(self, query, stream, number, count):
        return self.alias(query, query.name)

    def say_loopa(self, query, stream, number, count):
        return self.alias(query, self.to(query, "loopb"))

    def say_loopb(self, query, stream, number, count):
        return self.alias(query, self.to(query, "loopa"))

    def say_circle(self, query, stream, number, count):
        other = self.to(query, "other")
        return self.alias(query, other, [record(other, 5, query.name)])

    def say_cnamenodata(self, query, stream, number, count):
        return query.reply(answer=[record(query.name, 5, self.to(query, "x"))], authority=[soa(wire_name("test"))])

    def say_cnamenx(self, query, stream, number, count):
        return query.reply(NXDOMAIN, answer=[record(query.name, 5, self.to(query, "x"))], authority=[soa(wire_name("test"))])

    # ---- the wire ----

    def put(self, delay, target, message):
        self.serial += 1
        heapq.heappush(self.later, (time.monotonic() + delay, self.serial, target, message))

    def answer(self, wire, target, stream):
        try:
            query = Query(wire)
        except (IndexError, struct.error):
            return
        for delay, message in self.replies(query, stream):
            self.put(delay, target, message)

    def flush(self):
        now = time.monotonic()
        while self.later and self.later[0][0] <= now:
            _, _, target, message = heapq.heappop(self.later)
            if isinstance(target, socket.socket):
                if target not in self.streams:
                    continue
                try:
                    if message is None:
                        self.drop(target)
                    else:
                        target.sendall(struct.pack("!H", len(message)) + message)
                except OSError:
                    self.drop(target)
            elif message is not None:
                try:
                    self.udp.sendto(message, target)
                except OSError:
                    pass

    def drop(self, stream):
        self.streams.pop(stream, None)
        stream.close()

    def read_stream(self, stream):
        try:
            data = stream.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.drop(stream)
            return
        buffered = self.streams[stream] + data
        while len(buffered) >= 2 and len(buffered) >= 2 + struct.unpack("!H", buffered[:2])[0]:
            size = struct.unpack("!H", buffered[:2])[0]
            self.answer(buffered[2:2 + size], stream, True)
            buffered = buffered[2 + size:]
        if stream in self.streams:
            self.streams[stream] = buffered

    def run(self):
        while True:
            wait = max(0, self.later[0][0] - time.monotonic()) if self.later else None
            sockets = [self.udp, sys.stdin] + ([self.listener] if self.listener else []) + list(self.streams)
            for ready in select.select(sockets, [], [], wait)[0]:
                if ready is sys.stdin:
                    if not sys.stdin.buffer.raw.read(64):
                        return
                elif ready is self.udp:
                    for _ in range(256):
                        try:
                            wire, sender = self.udp.recvfrom(4096, socket.MSG_DONTWAIT)
                        except OSError:
                            break
                        self.answer(wire, sender, False)
                elif ready is self.listener:
                    self.streams[self.listener.accept()[0]] = b""
                elif ready in self.streams:
                    self.read_stream(ready)
            self.flush()


def main():
    server = Server(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1", sys.argv[2] if len(sys.argv) > 2 else None)
    os.write(1, b"%d\n" % server.port)
    server.run()


main()
