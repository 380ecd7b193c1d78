#!/usr/bin/python3
"""DKIM over a real name server: keys made by OpenSSL now, served by NSD, and a zone signed with NSEC that lists them.

usage: test_dkim.py BINARY [TEST...]
"""

import base64
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import lab
from tool import Tests, Tool, slugs

test = Tests()
START_S = 20
RSA_BITS = (512, 768, 1023, 1024, 1536, 2048, 3072, 4096)
BASE = """$TTL 300
{0} SOA ns.{0} hostmaster.{0} 1 3600 600 604800 300
{0} NS ns.{0}
ns.{0} A 127.0.0.1
{0} MX 10 mx.{0}
mx.{0} A 192.0.2.1
{0} TXT "v=spf1 ip4:192.0.2.1 -all"
_dmarc.{0} TXT "v=DMARC1; p=reject"
"""


def openssl(*args, data=None):
    return subprocess.run(["openssl", *map(str, args)], input=data, capture_output=True, check=True).stdout


class Key:
    """A key pair: PEM of the private half, DER of the public one, the record."""

    def __init__(self, folder, name, *make):
        self.name, self.path = name, os.path.join(folder, name + ".pem")
        pem = openssl(*make)
        with open(self.path, "wb") as f:
            f.write(pem)
        self.spki = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        self.fingerprint = hashlib.sha256(self.spki).hexdigest()
        self.type = "ed25519" if "ed25519" in make else "rsa"
        public = self.spki[-32:] if self.type == "ed25519" else self.spki
        self.record = f"v=DKIM1; k={self.type}; p={base64.b64encode(public).decode()}"

    def line(self, domain):
        parts = [self.record[i:i + 255] for i in range(0, len(self.record), 255)]
        return f"{self.name}._domainkey.{domain} TXT " + " ".join(f'"{part}"' for part in parts) + "\n"


class Server:
    """One NSD with zones that are given as text."""

    def __init__(self, folder, zones):
        self.folder, self.process = folder, None
        for _ in range(50):
            self.address, self.port = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}.1", random.randint(22500, 22999)
            if lab.can_bind(self.address, self.port):
                break
        self.at = f"{self.address}:{self.port}"
        conf = (f'server:\n\tip-address: {self.address}@{self.port}\n\tusername: ""\n\tchroot: ""\n\tzonesdir: "{folder}"\n'
                f'\tdatabase: ""\n\tpidfile: "{folder}/nsd.pid"\n\txfrdfile: "{folder}/xfrd"\n\tzonelistfile: "{folder}/zones"\n'
                f'\txfrdir: "{folder}"\n\tserver-count: 1\n\trrl-ratelimit: 0\n\tverbosity: 0\n'
                "remote-control:\n\tcontrol-enable: no\n")
        for name, path in zones.items():
            conf += f'zone:\n\tname: "{name}"\n\tzonefile: "{path}"\n'
        with open(os.path.join(folder, "nsd.conf"), "w", encoding="utf-8") as f:
            f.write(conf)
        self.process = subprocess.Popen(["nsd", "-d", "-c", os.path.join(folder, "nsd.conf")], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, preexec_fn=lab.die_with_parent)
        deadline = time.monotonic() + START_S
        while lab.ask(self.address, self.port, next(iter(zones))) is None:
            if time.monotonic() > deadline:
                raise RuntimeError("nsd does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        f.write(text)
    return name


def sign(folder, name, domain):
    """NSEC, as ldns-signzone makes it unless told otherwise."""
    base = subprocess.run(["ldns-keygen", "-a", "ECDSAP256SHA256", domain], cwd=folder, capture_output=True, text=True,
                          check=True).stdout.strip()
    subprocess.run(["ldns-signzone", "-o", domain, "-f", name + ".signed", name, base], cwd=folder, capture_output=True, check=True)
    return name + ".signed"


def make_world(folder):
    keys = [Key(folder, f"rsa{bits}", "genrsa", bits) for bits in RSA_BITS]
    keys.append(Key(folder, "pkcs1", "genrsa", "-traditional", 2048))
    keys.append(Key(folder, "exponent3", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
                    "rsa_keygen_pubexp:3"))
    keys.append(Key(folder, "ed", "genpkey", "-algorithm", "ed25519"))
    plain = BASE.format("keys.example.") + "".join(key.line("keys.example.") for key in keys)
    wild = BASE.format("wild.example.") + keys[5].line("wild.example.").replace("rsa2048._domainkey", "*._domainkey")
    listed = BASE.format("listed.example.") + keys[5].line("listed.example.").replace("rsa2048.", "Xq7-unguessable.") + \
        "other._domainkey.listed.example. CNAME key.elsewhere.listed.example.\n" + \
        keys[8].line("listed.example.").replace("pkcs1._domainkey", "key.elsewhere")
    bare = BASE.format("bare.example.")
    zones = {"keys.example.": write(folder, "keys", plain), "wild.example.": write(folder, "wild", wild)}
    for name, text in (("listed", listed), ("bare", bare)):
        zones[name + ".example."] = sign(folder, write(folder, name, text), name + ".example.")
    return keys, zones


@test
def every_key(tool, server, keys):
    result = tool.audit("-n", server.at, "--selectors", "none", "--selector", ",".join(key.name for key in keys),
                        *(f"--dkim-key={key.name}={key.path}" for key in keys), "keys.example")
    domain = result.domains["keys.example"]
    found = {selector["selector"]: selector for selector in domain["facts"]["dkim"]["selectors"]}
    for key in keys:
        have = found[key.name]
        bits = 256 if key.type == "ed25519" else int(key.name[3:]) if key.name.startswith("rsa") else 2048
        want = {"status": "ok" if bits >= 1024 or key.type == "ed25519" else "weak", "key_type": key.type, "key_bits": bits,
                "key_fingerprint": key.fingerprint, "weaknesses": [],
                "opendkim": "too-small" if bits < 1023 and key.type == "rsa" else "ok"}
        for name, value in want.items():
            test.equal(have[name], value, f"{key.name}: {name}")
    test.equal([finding["id"] for finding in domain["findings"] if finding["check"] == "dkim-own-key"], [], "own keys")
    test.equal([finding["subject"] for finding in domain["findings"] if finding["id"] == "dkim-key-exponent"],
               ["exponent3._domainkey.keys.example"], "exponent 3")
    test.check("PRIVATE" not in result.out, "no private key in the report")
    wrong = tool.audit("-n", server.at, f"--dkim-key=rsa2048={keys[5 + 1].path}", "keys.example")
    test.check("dkim-own-key-mismatch" in slugs(wrong.domains["keys.example"]), "the wrong private key")


@test
def ready_record(tool, server, keys):
    """What the report says to publish is a zone file's line, and ends the finding."""
    for key in keys:
        with tempfile.TemporaryDirectory() as folder:
            zone = os.path.join(folder, "zone")
            write(folder, "zone", BASE.format("fresh.example."))
            before = tool.audit("-z", zone, f"--dkim-key=mine={key.path}", "fresh.example").domains["fresh.example"]
            finding = next(finding for finding in before["findings"] if finding["id"] == "dkim-own-key-missing")
            write(folder, "zone", BASE.format("fresh.example.") + f"{finding['args']['name']}. TXT {finding['args']['record']}\n")
            after = tool.audit("-z", zone, f"--dkim-key=mine={key.path}", "fresh.example").domains["fresh.example"]
            test.check("dkim-own-key-missing" not in slugs(after) and "dkim-own-key-mismatch" not in slugs(after),
                       f"{key.name}: the ready record is right")
            test.equal(after["facts"]["dkim"]["selectors"][0]["key_fingerprint"], key.fingerprint, key.name)


@test
def wildcard(tool, server, keys):
    domain = tool.audit("-n", server.at, "wild.example").domains["wild.example"]
    test.equal(domain["facts"]["dkim"]["selectors"], [], "a wildcard is no key")
    test.check("dkim-wildcard-key" in slugs(domain), "the wildcard is told")


@test
def listed(tool, server, keys):
    domain = tool.audit("-n", server.at, "listed.example").domains["listed.example"]
    dkim = domain["facts"]["dkim"]
    test.equal(dkim["searched"]["walk"], "complete", "the zone is walked")
    test.equal([(selector["selector"], selector["origin"], selector["status"]) for selector in dkim["selectors"]],
               [("other", "nsec", "ok"), ("xq7-unguessable", "nsec", "ok")], "every selector is listed")
    domain = tool.audit("-n", server.at, "bare.example").domains["bare.example"]
    test.equal(domain["facts"]["dkim"]["conclusion"], "none", "a zone that lists no key has none")
    test.check("dkim-none" in slugs(domain), "that is told")


def main():
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # nsd is there, and not in the path of an ordinary user
    if not all(shutil.which(name) for name in ("nsd", "openssl", "ldns-signzone", "ldns-keygen")):
        print("nsd, openssl or ldnsutils is not installed")
        return 77
    tool = Tool(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        keys, zones = make_world(folder)
        server = Server(folder, zones)
        try:
            return test.run(tool, server, keys)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
