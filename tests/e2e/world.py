"""The world of the lab: reads world/*.world and writes zone files, signed where it says so.

A world file is made of zones:

    [NAME FLAGS...]          opens a zone
    records                  zone-file lines relative to NAME; SOA, NS and delegations are added here

Flags: signed, expired (signatures of the past), soon (signatures that end in a day), tampered (TXT and TLSA changed after
signing), no-ds (signed, but the parent does not know), with-ds (the parent has a DS, the zone is not signed), wrong-ds
(that of another key), two-ds (a good one and that of another key), sha1-ds (its digest by SHA-1), nsec3=ITERATIONS,
key=ALGORITHM or ALGORITHM:BITS, lame (delegated to a server that refuses), dead (delegated to a server that never
answers), server=root|tld (default: leaf).

Placeholders: {key:NAME} a public key of keys.txt, {terms:N} N ip4: terms, {note:N} N octets of words, {killer} the text
that ends libspf2, {filler:N} N TXT records of the zone's apex. Keys of zones are made anew each time: they are no secret
and no fixture.
"""

import os
import re
import subprocess
import time

TTL_S = 300
SERIAL = 1


class Zone:
    def __init__(self, name, flags):
        self.name = name
        self.flags = {flag for flag in flags if "=" not in flag}
        options = dict(flag.split("=") for flag in flags if "=" in flag)
        self.server = options.get("server", "leaf")
        self.nsec3 = options.get("nsec3")
        self.key = options.get("key", "ECDSAP256SHA256")
        self.lines = []
        self.children = []
        self.ds = []

    @property
    def served(self):
        return not self.flags & {"lame", "dead"}

    @property
    def signed(self):
        return "signed" in self.flags

    @property
    def labels(self):
        return [] if self.name == "." else self.name.split(".")

    @property
    def fqdn(self):
        return "." if self.name == "." else self.name + "."

    @property
    def ns(self):
        """Name of its server, inside the zone itself."""
        return "a.root-servers." if self.name == "." else f"ns.{self.fqdn}"


def read_keys(folder):
    with open(os.path.join(folder, "keys.txt"), encoding="ascii") as f:
        return dict(line.split() for line in f if line.strip() and not line.startswith("#"))


def expand(line, keys):
    """Fills the placeholders of one line; may become several."""
    line = re.sub(r"\{key:(\w+)\}", lambda m: keys[m[1]], line)
    line = re.sub(r"\{terms:(\d+)\}", lambda m: "".join(f" ip4:203.0.113.{i}" for i in range(1, int(m[1]) + 1)), line)
    line = re.sub(r"\{note:(\d+)\}", lambda m: ("note " * int(m[1]))[:int(m[1])].strip(), line)
    line = line.replace("{killer}", "%{d}" * 127 + "x")
    filler = re.match(r"\{filler:(\d+)\}", line)
    if filler:
        return [f'@\tTXT\t"verification-{i:03}={"0123456789abcdef" * 6}"' for i in range(int(filler[1]))]
    return [re.sub(r'"([^"]{256,})"', lambda m: cut_string(m[1]), line)]


def cut_string(text):
    return " ".join(f'"{text[i:i + 255]}"' for i in range(0, len(text), 255))


def load(folder):
    """Name -> Zone, parents before children."""
    keys, zones, zone = read_keys(folder), {}, None
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".world"):
            continue
        with open(os.path.join(folder, name), encoding="ascii") as f:
            for line in f.read().splitlines():
                header = re.match(r"\[(\S+)((?: [\w=:-]+)*)\]$", line)
                if header:
                    zone = Zone(header[1], header[2].split())
                    zones[zone.name] = zone
                elif line.strip() and not line.startswith(";"):
                    zone.lines += expand(line, keys)
    return dict(sorted(zones.items(), key=lambda item: len(item[1].labels)))


def parent_of(zone, zones):
    for i in range(1, len(zone.labels) + 1):
        name = ".".join(zone.labels[i:]) or "."
        if name in zones:
            return zones[name]
    return None


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout.strip()


def make_keys(zone, folder):
    """One combined key a zone; returns its base name. Without .ds the signer would not mind, the parent does."""
    base, ds = make_key(zone, folder)
    if "sha1-ds" in zone.flags:
        ds = [run("ldns-key2ds", "-n", "-1", base + ".key", cwd=folder)]
    if "wrong-ds" in zone.flags:
        ds = make_key(zone, folder)[1]
    if "two-ds" in zone.flags:
        ds = ds + make_key(zone, folder)[1]
    return base, ds


def make_key(zone, folder):
    algorithm, _, bits = zone.key.partition(":")
    base = run("ldns-keygen", "-a", algorithm, *(["-b", bits] if bits else []), "-k", zone.fqdn, cwd=folder)
    with open(os.path.join(folder, base + ".ds"), encoding="ascii") as f:
        return base, [f.read().strip()]


def server_of(zone):
    """Which server the zone is delegated to."""
    return "refusing" if "lame" in zone.flags else "dead" if "dead" in zone.flags else zone.server


def zone_text(zone, addresses):
    lines = [f"$ORIGIN {zone.fqdn}", f"$TTL {TTL_S}",
             f"@\tSOA\t{zone.ns} hostmaster.{zone.fqdn if zone.name != '.' else ''} {SERIAL} 3600 600 604800 {TTL_S}",
             f"@\tNS\t{zone.ns}", f"{zone.ns}\tA\t{addresses[zone.server]}"]
    for child in zone.children:
        lines += [f"{child.fqdn}\tNS\t{child.ns}", f"{child.ns}\tA\t{addresses[server_of(child)]}"] + child.ds
    return "\n".join(lines + zone.lines) + "\n"


def stamp(seconds):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))


def sign(zone, base, folder):
    times = ["-i", "20200101", "-e", "20200201"] if "expired" in zone.flags else []
    if "soon" in zone.flags:
        now = int(time.time())
        times = ["-i", stamp(now - 20 * 86400), "-e", stamp(now + 86400)]
    chain = ["-n", "-t", zone.nsec3] if zone.nsec3 else []
    run("ldns-signzone", *times, *chain, "-o", zone.fqdn, "-f", "signed", f"{file_of(zone)}", base, cwd=folder)
    os.replace(os.path.join(folder, "signed"), os.path.join(folder, file_of(zone)))
    if "tampered" in zone.flags:
        path = os.path.join(folder, file_of(zone))
        with open(path, encoding="ascii") as f:
            text = f.read()
        with open(path, "w", encoding="ascii") as f:
            f.write(text.replace('"v=spf1 ', '"v=spf1 ip4:203.0.113.66 ').replace("p=reject", "p=none")
                    .replace("TLSA\t3 1 1 ", "TLSA\t3 0 1 "))


def file_of(zone):
    return (zone.name if zone.name != "." else "root") + ".zone"


def build(source, folder, addresses):
    """Writes every zone file into `folder`. `addresses`: those of the servers root, tld, leaf, refusing and dead.
    Returns the zones; the trust anchor (a DS record) is in folder/root.key."""
    zones = load(source)
    bases = {}
    for zone in zones.values():
        parent = parent_of(zone, zones)
        if parent:
            parent.children.append(zone)
        if zone.signed or "with-ds" in zone.flags:
            bases[zone.name], ds = make_keys(zone, folder)
            if parent and "no-ds" not in zone.flags:
                zone.ds = ds
            if not parent:
                with open(os.path.join(folder, "root.key"), "w", encoding="ascii") as f:
                    f.write(ds[0] + "\n")
    for zone in zones.values():
        if not zone.served:
            continue
        with open(os.path.join(folder, file_of(zone)), "w", encoding="ascii") as f:
            f.write(zone_text(zone, addresses))
        if zone.signed:
            sign(zone, bases[zone.name], folder)
    return zones
