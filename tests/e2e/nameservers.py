"""Name servers that disagree, fail and misbehave, all on port 53 of loopback addresses: for the audits that ask them one by
one. NSD serves the truth; what NSD would never do is done by small forwarders before it.

    with NameServers() as lab:
        tool.audit(*lab.options(), "disagree.example")

DOMAINS says which servers each domain of the TLD "example" is delegated to, and WORDS what differs. Needs port 53: run it
by port53.py.
"""

import os
import signal
import time

import lab as base
import world
from serving import UDP, TCP, Forwarder, Listener, header

# host part of each server's address
ADDRESSES = {"root": 1, "tld": 2, "one": 3, "two": 4, "old": 5, "empty": 6, "resolver": 53,
             # forwarders to "one", each with its own fault
             "no-tcp": 10, "nxdomain": 11, "no-edns": 12, "drops-edns": 13, "slow": 14, "no-authority": 15, "silent": 16,
             "cuts": 17}

# The host of everybody's mail, and its names backwards
MAIL_HOST = "mx A 192.0.2.1\nmx A 192.0.2.2\nmx AAAA 2001:db8::1\n"
REVERSE = ["1.2.0.192.in-addr.arpa", "2.2.0.192.in-addr.arpa", "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa"]

RECORDS = """
@	MX	10 mx.example.
@	TXT	"v=spf1 ip4:192.0.2.1 -all"
s1._domainkey	TXT	"v=DKIM1; k=rsa; p={key}"
_dmarc	TXT	"v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"
"""

# domain -> servers it is delegated to (and names itself)
DOMAINS = {
    "fine": ["one", "two"],
    "disagree": ["one", "two"],     # SPF differs, the serial does not
    "lag": ["one", "old"],          # an old serial, an old SPF record
    "serials": ["one", "old"],      # an old serial, the same records
    "lame": ["one", "empty"],
    "all-lame": ["empty"],
    "single": ["one"],
    "dead": ["one", "silent"],
    "all-dead": ["silent"],
    "no-tcp": ["one", "no-tcp"],
    "nxdomain": ["one", "nxdomain"],
    "no-edns": ["one", "no-edns"],
    "drops-edns": ["one", "drops-edns"],
    "slow": ["one", "slow"],
    "no-authority": ["one", "no-authority"],
    "big": ["one", "cuts"],         # TXT records that need TCP, and a server without
    "delegation": ["one", "two"],   # the parent names "old" beside
    "stale": ["one", "two"],        # changed by a test, so that the resolver remembers the old record
}
TTL_S = 600


def zone_text(domain, server, addresses, key):
    """What `server` says of the domain."""
    name = f"{domain}.example"
    old = domain in ("lag", "serials") and server == "old"
    text = RECORDS.format(domain=name, key=key[:200] + '" "' + key[200:])
    if (domain == "disagree" and server == "two") or (domain == "lag" and old):
        text = text.replace("v=spf1 ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.2 -all")
    if domain == "big":
        text += "".join(f'@\tTXT\t"verification-{i:03}={"0123456789abcdef" * 6}"\n' for i in range(60))
    lines = [f"$ORIGIN {name}.", f"$TTL {TTL_S}",
             f"@\tSOA\tns-one hostmaster {2026112001 - old} 7200 3600 1209600 300"]
    for server_name in DOMAINS[domain]:
        lines += [f"@\tNS\tns-{server_name}", f"ns-{server_name}\tA\t{addresses[server_name]}"]
    return "\n".join(lines) + text


# ---- forwarders: question and true answer in, octets to send (or None) out ----

def has_edns(query):
    return query[10:12] != b"\0\0"


def nxdomain(query, truth):
    """NXDOMAIN for every name without records of its own: empty non-terminals too."""
    empty = truth[6:8] == b"\0\0" and truth[3] & 15 == 0
    return truth[:3] + bytes([truth[3] | 3]) + truth[4:] if empty else truth


def no_edns(query, truth):
    return header(query, 0x8001) if has_edns(query) else truth


def drops_edns(query, truth):
    return None if has_edns(query) else truth


def slow(query, truth):
    time.sleep(0.7)
    return truth


def no_authority(query, truth):
    return truth[:2] + bytes([truth[2] & ~4]) + truth[3:]


def cuts(query, truth):
    """Answers of more than 1,232 octets are cut."""
    return truth if len(truth) <= 1232 else header(query, 0x8600)


class NameServers(base.Lab):
    def __init__(self):
        super().__init__(spoil=False)
        if not self.can_recurse:
            print("no port 53 on loopback: skipped")
            raise SystemExit(77)

    def address(self, host):
        return f"{self.net}.{ADDRESSES.get(host) or base.HOSTS[host]}"

    def options(self, trouble=None):
        return [option for option in super().options(trouble) if option != "--authority=no"] + ["--allow-private"]

    def start(self):
        addresses = {host: self.address(host) for host in ADDRESSES}
        with open(os.path.join(base.HERE, "world/keys.txt"), encoding="ascii") as f:
            keys = dict(line.split() for line in f if line.strip() and not line.startswith("#"))
        self.write_parents(addresses)
        for server in ("one", "two", "old"):
            for domain in DOMAINS:
                self.write(f"{domain}.{server}.zone", zone_text(domain, server, addresses, keys["2048"]))
        self.start_nsds()
        for name, twist in {"no-tcp": None, "nxdomain": nxdomain, "no-edns": no_edns, "drops-edns": drops_edns,
                            "slow": slow, "no-authority": no_authority, "cuts": cuts}.items():
            self.closers.append(Forwarder(addresses[name], 53, (addresses["one"], 53), twist,
                                          [UDP] if name in ("no-tcp", "cuts") else [UDP, TCP]))
        self.closers.append(Listener(addresses["silent"], 53))
        self.start_unbound()
        self.wait(self.address("resolver"), 53, "fine.example.")

    def write_parents(self, addresses):
        base_key = world.run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", ".", cwd=self.folder)
        with open(self.path(base_key + ".ds"), encoding="ascii") as f:
            self.write("root.key", f.read())
        soa = "SOA ns.example. hostmaster.example. 1 3600 600 604800 300\n"
        self.write("root.hints", f". 3600000 NS a.root-servers.\na.root-servers. 3600000 A {addresses['root']}\n")
        reverse = "".join(f"{name}. PTR mx.example.\n" for name in REVERSE)
        self.write("root.zone", f"$TTL 300\n. {soa}. NS a.root-servers.\na.root-servers. A {addresses['root']}\n"
                                f"example. NS ns.example.\nns.example. A {addresses['tld']}\n{reverse}")
        world.run("ldns-signzone", "-o", ".", "-f", "signed", "root.zone", base_key, cwd=self.folder)
        os.replace(self.path("signed"), self.path("root.zone"))
        tld = f"$ORIGIN example.\n$TTL 300\n@ {soa}@ NS ns\nns A {addresses['tld']}\n{MAIL_HOST}"
        for domain, servers in DOMAINS.items():
            for server in servers + (["old"] if domain == "delegation" else []):
                tld += f"{domain} NS ns-{server}.{domain}\nns-{server}.{domain} A {addresses[server]}\n"
        self.write("tld.zone", tld)

    def change(self, domain, old, new):
        """Changes the zone at both servers, as after an edit."""
        for server in ("one", "two"):
            with open(self.path(f"{domain}.{server}.zone"), encoding="ascii") as f:
                text = f.read()
            self.write(f"{domain}.{server}.zone", text.replace(old, new).replace("2026112001", "2026112002"))
        for name, server, _ in self.servers:
            if name in ("nsd-one", "nsd-two"):
                server.send_signal(signal.SIGHUP)

    def start_nsds(self):
        """zones: what each NSD serves, as (name, file)."""
        serve = {"root": [(".", "root.zone")], "tld": [("example.", "tld.zone")], "empty": []}
        for server in ("one", "two", "old"):
            serve[server] = [(f"{d}.example.", f"{d}.{server}.zone") for d in DOMAINS]
        for server, zones in serve.items():
            self.start_nsd(server, zones)


if __name__ == "__main__":
    with NameServers() as running:
        print(" ".join(running.options()), flush=True)
        import sys
        sys.stdin.readline()
