#!/usr/bin/python3
"""The same world out of zone files and over live DNS: the same findings. Three implementations of DNS (NSD with unbound,
and the zone file source) must agree on aliases, wildcards, delegations and names that do not exist.

usage: test_sources.py BINARY
"""

import sys

import world
from lab import Lab
from test_world import NOW, read_expected
from tool import Tests, Tool, finding_lines

test = Tests()


def about_zones(line):
    """Without what only live DNS can tell: signatures and the size of packets."""
    slug = line.split()[1]
    return not slug.startswith("dnssec-") and slug not in ("spf-answer-over-udp", "dane-missing")


def asks_the_dead(lab, args):
    """Broken signatures, and names whose servers are lame or dead, look otherwise in a file."""
    broken = [zone.name for zone in lab.zones.values() if zone.flags & {"lame", "dead", "expired", "tampered", "with-ds"}]
    return any(name in arg for arg in args for name in broken) or "ptr-dead.example" in args or "lame" in str(args)


@test
def zone_files_and_live_dns_agree(tool, lab):
    files = [part for zone in lab.zones.values() if zone.served for part in ("-z", lab.path(world.file_of(zone)))]
    compared = 0
    for text, _, _ in read_expected():
        args = text.split()
        if asks_the_dead(lab, args):
            continue
        live = tool.audit(*NOW, *lab.options(), *args).report["domains"][0]
        file = tool.audit(*NOW, *files, *args).report["domains"][0]
        test.equal([line for line in finding_lines(file) if about_zones(line)],
                   [line for line in finding_lines(live) if about_zones(line)], text)
        compared += 1
    test.check(compared > 60, f"only {compared} audits compared")


@test
def zones_over_live_dns(tool, lab):
    """--live with a zone: names in it from the file, all others from the resolver; so the report is the same."""
    for name in ("own-server.example", "microsoft-like.example", "dname.example", "cname-chain.example"):
        over = tool.audit(*NOW, *lab.options(), "--live", "-z", lab.path(name + ".zone"), name).domains[name]
        live = tool.audit(*NOW, *lab.options(), name).domains[name]
        test.equal([line for line in finding_lines(over) if about_zones(line)],
                   [line for line in finding_lines(live) if about_zones(line)], name)


if __name__ == "__main__":
    with Lab(spoil=False) as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
