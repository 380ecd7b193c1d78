#!/usr/bin/python3
"""What dnscontrol preview says it would do, done to the zone that is live now, for domaincheck -z FILE --live.

usage: dnscontrol get-zones --format=zone CREDENTIALS PROVIDER example.com > now.zone
       dnscontrol preview | dnscontrol-preview2zone.py example.com now.zone > new.zone

Needs dnspython (Debian: python3-dnspython). Exit status 1, one line on standard error and no output when a correction
cannot be understood, or when it changes a record that now.zone does not have.
"""

import io
import re
import sys

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone

DOMAIN = re.compile(r"^\*{5,} Domain: (\S+)")
# "#3: ± MODIFY www.example.com A (192.0.2.1 ttl=300) -> (192.0.2.2 ttl=300)", in older versions type and name the other way
# round; some providers put a step in front
CORRECTION = re.compile(r"^(?:#\d+: )?(?:\[\d+/\d+\] )?(?:\w+: )?[+±-] (CREATE|DELETE|MODIFY|MODIFY-TTL|CHANGE) (\S+) (\S+?):? (.*)$")
PAIR = re.compile(r"^\((.*) ttl=(\d+)\) -> \((.*) ttl=(\d+)\)")
SINGLE = re.compile(r"^(.*?) \(?ttl=(\d+)\)?")


def fail(what):
    sys.exit(f"dnscontrol-preview2zone: {what}")


def rdata(kind, text):
    if kind == dns.rdatatype.TXT and not text.startswith('"'):
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return dns.rdata.from_text(dns.rdataclass.IN, kind, text, origin=dns.name.root, relativize=False)


def same(a, b):
    return b"".join(a.strings) == b"".join(b.strings) if a.rdtype == dns.rdatatype.TXT else a == b


def remove(zone, name, kind, data, line):
    found = zone.get_rdataset(name, kind)
    for one in list(found or ()):
        if same(one, data):
            found.remove(one)
            if not found:
                zone.delete_rdataset(name, kind)
            return
    fail(f"not in the zone as it is now: {line.strip()}")


def add(zone, name, kind, data, ttl):
    zone.find_rdataset(name, kind, create=True).add(data, int(ttl))


def apply(zone, match, line):
    verb, name, kind, rest = match.groups()
    if re.fullmatch(r"[A-Z0-9]+", name) and not re.fullmatch(r"[A-Z0-9]+", kind):
        name, kind = kind, name
    name, kind = dns.name.from_text(name), dns.rdatatype.from_text(kind)
    found = (SINGLE if verb in ("CREATE", "DELETE") else PAIR).match(rest) or fail(f"not understood: {line.strip()}")
    if verb == "CREATE":
        add(zone, name, kind, rdata(kind, found[1]), found[2])
    elif verb == "DELETE":
        remove(zone, name, kind, rdata(kind, found[1]), line)
    else:
        remove(zone, name, kind, rdata(kind, found[1]), line)
        add(zone, name, kind, rdata(kind, found[3]), found[4])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    origin = dns.name.from_text(sys.argv[1])
    mine = False
    try:
        zone = dns.zone.from_file(sys.argv[2], origin=origin, relativize=False, check_origin=False)
        for line in sys.stdin:
            line = re.sub(r"\x1b\[[0-9;]*m", "", line)
            if begin := DOMAIN.match(line):
                mine = dns.name.from_text(begin[1]) == origin
            elif mine and (match := CORRECTION.match(line.strip())):
                apply(zone, match, line)
            elif mine and re.match(r"#\d+: (?!.*\bREFRESH\b)", line):
                fail(f"not understood: {line.strip()}")
    except (OSError, dns.exception.DNSException, ValueError) as error:
        fail(" ".join(str(error).split()) or type(error).__name__)
    out = io.StringIO()
    if not zone.get_rdataset(origin, "SOA"):
        out.write(f"{origin} 3600 SOA ns.{origin} hostmaster.{origin} 1 7200 900 1209600 3600\n")
    zone.to_file(out, sorted=True, relativize=False)
    sys.stdout.write(out.getvalue())


main()
