#!/usr/bin/python3
"""The name servers of a domain, asked one by one: pairs that disagree, lame ones, slow ones, ones that misbehave.

usage: test_nameservers.py BINARY [TEST...]      (by port53.py: the servers need port 53)
"""

import sys
import time

from nameservers import DOMAINS, NameServers
from tool import Tests, Tool, finding_lines

test = Tests()

# domain -> findings of dns-* checks beside the one that all servers here are in one network
EXPECTED = {
    "fine": [],
    "disagree": ["error dns-servers-disagree disagree.example"],
    "lag": ["warning dns-server-lags ns-old.lag.example"],
    "serials": [],
    "lame": ["error dns-server-lame ns-empty.lame.example"],
    "all-lame": ["error dns-server-lame ns-empty.all-lame.example", "warning dns-servers-single all-lame.example"],
    "single": ["warning dns-servers-single single.example"],
    "dead": ["warning dns-server-unanswered ns-silent.dead.example"],
    "all-dead": ["warning dns-server-unanswered ns-silent.all-dead.example", "warning dns-servers-single all-dead.example"],
    "no-tcp": ["warning dns-server-no-tcp ns-no-tcp.no-tcp.example"],
    "nxdomain": ["error dns-nxdomain-above _domainkey.nxdomain.example"],
    "no-edns": ["notice dns-server-no-edns ns-no-edns.no-edns.example"],
    "drops-edns": ["error dns-server-edns-dropped ns-drops-edns.drops-edns.example"],
    "slow": ["notice dns-server-slow ns-slow.slow.example"],
    "no-authority": ["error dns-server-lame ns-no-authority.no-authority.example"],
    "big": ["error dns-answer-needs-tcp ns-cuts.big.example"],
    "delegation": ["error dns-server-missing ns-old.delegation.example", "warning dns-delegation-differs delegation.example"],
    "stale": [],
}
NOW = ("--now", "2026-11-20T12:00:00Z", "-s", "s1", "--dnssec=no")


def about_servers(domain):
    return [line for line in finding_lines(domain) if line.split()[1].startswith("dns-") and "one-network" not in line]


def without_times(report):
    for domain in report["domains"]:
        domain["dns"].pop("elapsed_ms", None)
    report.pop("finished", None)
    return report


@test
def every_server_is_judged(tool, lab):
    test.equal(sorted(EXPECTED), sorted(DOMAINS), "the table")
    for name in DOMAINS:
        domain = tool.audit(*lab.options(), *NOW, f"{name}.example").domains[f"{name}.example"]
        test.equal(about_servers(domain), EXPECTED[name], name)


@test
def recorded_is_replayed(tool, lab):
    recording = lab.path("recording")
    for name in ("lag", "disagree", "slow", "no-tcp", "big", "delegation", "drops-edns"):
        live = tool.audit(*lab.options(), *NOW, "--record", recording, f"{name}.example")
        again = tool.audit("--replay", recording, f"{name}.example")
        test.check(without_times(again.report) == without_times(live.report), f"{name}: the replay differs")


@test
def by_our_own_recursion(tool, lab):
    options = ["--recurse", "--root-hints", lab.root_hints, "--trust-anchor", lab.trust_anchor, "--allow-private"]
    for name in ("lag", "no-tcp", "fine"):
        domain = tool.audit(*options, *NOW, f"{name}.example").domains[f"{name}.example"]
        test.equal(about_servers(domain), EXPECTED[name], name)


@test
def a_change_on_its_way(tool, lab):
    """The resolver remembers the old record: safe to launch when the old time to live has passed."""
    tool.audit(*lab.options(), *NOW, "stale.example")
    lab.change("stale", "ip4:192.0.2.1", "ip4:192.0.2.2")
    for _ in range(50):
        time.sleep(0.1)
        domain = tool.audit(*lab.options(), *NOW, "stale.example").domains["stale.example"]
        if {server["serial"] for server in domain["facts"]["authority"]["servers"]} == {2026112002}:
            break
    test.equal(about_servers(domain), ["warning dns-change-in-flight stale.example"], "findings")
    until = [f["args"]["until"] for f in domain["findings"] if f["id"] == "dns-change-in-flight"]
    test.equal(until, ["2026-11-20T12:10:00Z"], "the end of it")
    test.equal(domain["facts"]["authority"]["settled_at"], "2026-11-20T12:10:00Z", "settled_at")


@test
def private_addresses_are_left_alone(tool, lab):
    options = [option for option in lab.options() if option != "--allow-private"]
    domain = tool.audit(*options, *NOW, "fine.example").domains["fine.example"]
    test.equal(about_servers(domain), ["warning dns-server-special ns-one.fine.example",
                                       "warning dns-server-special ns-two.fine.example"], "findings")
    test.equal([server["state"] for server in domain["facts"]["authority"]["servers"]], ["private", "private"], "states")
    test.equal(domain["facts"]["authority"]["reached"], None, "reached")


@test
def asked_only_when_wanted(tool, lab):
    two = ["fine.example", "lag.example"]
    for domain in tool.audit(*lab.options(), *NOW, *two).domains.values():
        test.equal(domain["facts"]["authority"]["servers"], [], "a bulk run asks no server")
        test.equal([c["verdict"] for c in domain["checks"] if c["id"] == "dns-servers"], ["not-applicable"], "its check")
    domains = tool.audit(*lab.options(), *NOW, "--authority", *two).domains
    test.equal(about_servers(domains["lag.example"]), EXPECTED["lag"], "a bulk run that is told to")
    domain = tool.audit(*lab.options(), *NOW, "--authority=no", "lag.example").domains["lag.example"]
    test.equal(about_servers(domain), [], "told not to")


@test
def names_in_the_zone(tool, lab):
    """A name below the domain is judged by the servers of its zone."""
    domain = tool.audit(*lab.options(), *NOW, "ns-one.lag.example").domains["ns-one.lag.example"]
    test.equal(domain["facts"]["authority"]["zone"], "lag.example", "zone of a name that exists")
    test.equal(about_servers(domain), [], "nothing that concerns the name differs")
    domain = tool.audit(*lab.options(), *NOW, "no-such-name.example").domains["no-such-name.example"]
    test.equal(domain["facts"]["authority"]["zone"], None, "zone of a domain that does not exist")


if __name__ == "__main__":
    with NameServers() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
