#!/usr/bin/python3
"""The zones that dnscontrol would publish (dnscontrol print-ir) as a zone file, for domaincheck -z FILE --live.

usage: dnscontrol print-ir | dnscontrol-ir2zone.py [DOMAIN...] > zones.zone

All domains, or those that are named. Exit status 1, one line on standard error and no output when something cannot be
said in a zone file, such as an ALIAS.
"""

import json
import sys

# type -> fields of the record in front of its target
FIELDS = {
    "A": (), "AAAA": (), "CNAME": (), "DNAME": (), "NS": (), "PTR": (), "MX": ("mxpreference",), "TXT": (),
    "SRV": ("srvpriority", "srvweight", "srvport"), "CAA": ("caaflag", "caatag"),
    "TLSA": ("tlsausage", "tlsaselector", "tlsamatchingtype"), "SSHFP": ("sshfpalgorithm", "sshfpfingerprint"),
    "DS": ("dskeytag", "dsalgorithm", "dsdigesttype"),
}
NAMES = {"CNAME", "DNAME", "NS", "PTR", "MX", "SRV"}
# What is worked out by the provider, and may hold addresses or mail
UNKNOWN = {"ALIAS", "ANAME", "AZURE_ALIAS", "R53_ALIAS", "CF_WORKER_ROUTE", "AKAMAICDN"}


def fail(what):
    sys.exit(f"dnscontrol-ir2zone: {what}")


def quoted(text):
    octets = text.encode("utf-8")
    parts = [octets[i:i + 255] for i in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join(chr(c) if 0x20 <= c < 0x7f and c not in b'"\\' else f"\\{c:03d}" for c in part) + '"'
                    for part in parts)


def line(domain, record):
    kind, label = record["type"], record.get("name", "@")
    name = f"{domain}." if label == "@" else f"{label}.{domain}."
    if kind in UNKNOWN:
        fail(f"{name} {kind}: put the addresses it stands for there to audit this zone")
    if kind not in FIELDS:
        return f"; left out, as no mail rests on it: {name} {kind}"
    target = record.get("target", "")
    if kind == "TXT":
        # Older versions list the strings, newer ones give the text.
        target = quoted("".join(record["txtstrings"]) if record.get("txtstrings") else target)
    elif kind == "CAA":
        target = quoted(target)
    elif kind in NAMES and not target.endswith("."):
        target = f"{domain}." if target == "@" else f"{target}.{domain}."
    data = " ".join([str(record.get(field, 0)) for field in FIELDS[kind]] + [target])
    return f"{name} {record.get('ttl') or 300} {kind} {data}"


def main():
    wanted = {name.rstrip(".").lower() for name in sys.argv[1:]}
    try:
        domains = json.load(sys.stdin)["domains"]
        zones = {domain["name"].lower(): domain for domain in domains if not wanted or domain["name"].lower() in wanted}
        out = []
        for name, domain in zones.items():
            servers = [server["name"].rstrip(".") + "." for server in domain.get("nameservers") or [] if server.get("name")]
            out.append(f"{name}. 3600 SOA ns.{name}. hostmaster.{name}. 1 7200 900 1209600 3600")
            lines = [line(name, record) for record in domain.get("records") or []]
            out += [f"{name}. 3600 NS {server}" for server in servers if not any(f" NS {server}" in one for one in lines)]
            out += lines
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"standard input is no output of dnscontrol print-ir: {type(error).__name__} {error}")
    if wanted - set(zones):
        fail(f"not in it: {', '.join(sorted(wanted - set(zones)))}")
    print("\n".join(out))


main()
