#!/usr/bin/python3
"""Make logos and mark certificates for the tests, in a folder.

usage: make.py FOLDER

The files of this folder were made by it; making them again changes keys and signatures, so tests that hold them (the
recordings of tests/cases/bimi) must be made again too. Certificates are by openssl, the logotype extension (RFC 9399) by hand.
"""

import base64
import gzip
import hashlib
import os
import subprocess
import sys
import tempfile

LOGO = ('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" '
        'viewBox="0 0 100 100">\n<title>Example Corporation</title>\n<rect width="100" height="100" fill="#123"/>\n'
        '<path fill="#fff" d="M20 20h60v60h-60z"/>\n</svg>\n')
MARKS = "1.3.6.1.5.5.7.3.31"
CONFIG = """
oid_section = oids
[oids]
markType = 1.3.6.1.4.1.53087.1.13
[ca]
default_ca = authority
[authority]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
countryName = optional
organizationName = optional
commonName = optional
markType = optional
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = keyCertSign
[leaf]
basicConstraints = CA:false
{extensions}
"""


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + length + body


def logotype(svg):
    """LogotypeExtn with one embedded image."""
    packed = gzip.compress(svg.encode(), mtime=0)
    uri = b"data:image/svg+xml;base64," + base64.b64encode(packed)
    digest = der(0x30, der(0x30, bytes.fromhex("0609608648016503040201")), der(0x04, hashlib.sha256(packed).digest()))
    details = der(0x30, der(0x16, b"image/svg+xml"), der(0x30, digest), der(0x30, der(0x16, uri)))
    return der(0x30, der(0xa2, der(0xa0, der(0x30, der(0x30, details)))))


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key, self.pem = self.new_key("ca"), os.path.join(folder, "ca.pem")
        for path, text in (("index", ""), ("index.attr", "unique_subject = no\n"), ("serial", "1000\n")):
            with open(os.path.join(folder, path), "w", encoding="ascii") as f:
                f.write(text)
        self.run("req", "-x509", "-new", "-key", self.key, "-out", self.pem, "-days", "7300", "-subj", f"/O={name}/CN={name} Root",
                 "-config", self.config(""), "-extensions", "root")

    def run(self, *command):
        done = subprocess.run(["openssl", *command], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"openssl {' '.join(command)}\n{done.stderr}")

    def new_key(self, name):
        path = os.path.join(self.folder, name + ".key")
        self.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
        return path

    def config(self, extensions):
        path = os.path.join(self.folder, "config")
        with open(path, "w", encoding="ascii") as f:
            f.write(CONFIG.format(folder=self.folder, extensions=extensions))
        return path

    def issue(self, names=("example.com",), start="20260601000000Z", end="20270601000000Z", usage=MARKS, svg=LOGO, own=False, extra=""):
        """A certificate in PEM form; `own`: signed by itself."""
        lines = [f"subjectAltName = {','.join('DNS:' + name for name in names)}"] if names else []
        lines += [f"extendedKeyUsage = {usage}"] if usage else []
        lines += ["1.3.6.1.5.5.7.1.12 = DER:" + logotype(svg).hex(":")] if svg else []
        config = self.config("\n".join([*lines, extra]))
        key, request, out = self.new_key("leaf"), os.path.join(self.folder, "leaf.csr"), os.path.join(self.folder, "leaf.pem")
        self.run("req", "-new", "-key", key, "-out", request, "-config", config,
                 "-subj", "/O=Example Corporation/CN=Example Corporation/markType=Registered Mark")
        signer = ["-selfsign", "-keyfile", key] if own else ["-cert", self.pem, "-keyfile", self.key]
        self.run("ca", "-batch", "-notext", "-config", config, "-in", request, "-out", out, "-startdate", start, "-enddate", end,
                 "-extensions", "leaf", *signer)
        with open(out, encoding="ascii") as f:
            return f.read()

    def root(self):
        with open(self.pem, encoding="ascii") as f:
            return f.read()


def make(folder):
    """name -> text of each file"""
    authority = Authority(folder, "DigiCert Test")
    root = authority.root()
    ok = authority.issue()
    return {
        "logo.svg": LOGO,
        "ok.pem": ok + root,
        "reversed.pem": root + ok,
        "alone.pem": ok,
        "expired.pem": authority.issue(start="20251001000000Z", end="20261001000000Z") + root,
        "early.pem": authority.issue(start="20261201000000Z", end="20271201000000Z") + root,
        "ends.pem": authority.issue(start="20251205000000Z", end="20261205000000Z") + root,
        "long.pem": authority.issue(end="20290601000000Z") + root,
        "no-usage.pem": authority.issue(usage="serverAuth") + root,
        "other-name.pem": authority.issue(names=("example.net", "default._bimi.example.org")) + root,
        "selector-name.pem": authority.issue(names=("default._bimi.example.com",)) + root,
        "self-signed.pem": authority.issue(own=True),
        "no-logo.pem": authority.issue(svg=None) + root,
        "other-logo.pem": authority.issue(svg=LOGO.replace("#123", "#321")) + root,
    }


def main():
    folder = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in make(scratch).items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                f.write(text)


if __name__ == "__main__":
    main()
