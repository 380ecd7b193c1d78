#!/usr/bin/python3
"""domaincheck message: real messages, signed here with OpenSSL, audited over a zone file.

usage: test_message.py BINARY
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

NOW = "2026-11-20T12:00:00Z"
FAULTS = []


def check(what, got, want):
    if got != want:
        FAULTS.append(f"{what}: {got!r}, expected {want!r}")


def openssl(*arguments, stdin=None):
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


def relaxed(name, value):
    return f"{name.lower()}:{re.sub(r'[ 	]+', ' ', value.replace(chr(13) + chr(10), '')).strip()}"


def sign(fields, body, key, domain, selector):
    """A message with a DKIM-Signature (rsa-sha256, relaxed/simple) over all `fields`: RFC 6376 sections 3.4 and 3.7."""
    body_hash = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    names = ":".join(name for name, _ in fields)
    value = f"v=1; a=rsa-sha256; c=relaxed/simple; d={domain}; s={selector}; h={names}; bh={body_hash}; b="
    text = "".join(relaxed(*field) + "\r\n" for field in fields) + relaxed("DKIM-Signature", value)
    signature = base64.b64encode(openssl("dgst", "-sha256", "-sign", key, stdin=text.encode())).decode()
    return [("DKIM-Signature", value + signature), *fields]


def assemble(fields, body):
    return "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n" + body


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        key = f"{folder}/key.pem"
        openssl("genrsa", "-out", key, "2048")
        public = base64.b64encode(openssl("rsa", "-in", key, "-pubout", "-outform", "DER")).decode()
        strings = " ".join(f'"{part}"' for part in re.findall(".{1,200}", f"v=DKIM1; k=rsa; p={public}"))
        with open(f"{folder}/zone", "w", encoding="ascii") as f:
            for domain in ("author.example", "vendor.example"):
                f.write(f"""$TTL 300
$ORIGIN {domain}.
@ SOA ns h 1 1 1 1 300
@ NS ns
ns A 192.0.2.1
@ MX 10 mx
mx A 192.0.2.2
@ TXT "v=spf1 ip4:192.0.2.25 -all"
out A 192.0.2.25
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@{domain}"
sel._domainkey TXT ( {strings} )
""")
            f.write("""$ORIGIN 2.0.192.in-addr.arpa.
@ SOA ns.author.example. h.author.example. 1 1 1 1 300
@ NS ns.author.example.
25 PTR out.author.example.
""")

        def audit(text, *arguments):
            with open(f"{folder}/message", "w", encoding="utf-8", newline="") as f:
                f.write(text)
            done = subprocess.run([binary, "message", "-z", f"{folder}/zone", "--now", NOW, "--ip", "192.0.2.25", "-f", "json",
                                   *arguments, f"{folder}/message"], capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL)
            if done.returncode in (2, 4):
                return done.returncode, done.stderr, None
            domain = json.loads(done.stdout)["domains"][0]
            slugs = sorted(finding["id"] for finding in domain["findings"] if finding["id"].startswith("message-"))
            return done.returncode, slugs, domain

        fields = [("From", "\"Doe, J.\" <j@author.example>"), ("To", "x@elsewhere.example"), ("Subject", "hello"),
                  ("List-Unsubscribe", "<https://author.example/u>"),
                  ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
        body = "Hello.\r\n"
        trace = [("Return-Path", "<bounce@author.example>"),
                 ("Received", "from out.author.example (out.author.example [192.0.2.25])\r\n\tby mx.elsewhere.example; now")]
        signed = trace + sign(fields, body, key, "author.example", "sel")

        status, slugs, domain = audit(assemble(signed, body))
        check("signed: status", status, 0)
        check("signed: findings", slugs, [])
        check("signed: domain", domain["domain"], "author.example")
        message = domain["facts"]["message"]
        check("signed: holds", [s["holds"] for s in message["signatures"]], [True])
        check("signed: speaks for From", message["signed_for_from"], True)
        check("signed: selectors", [s["selector"] for s in domain["facts"]["dkim"]["selectors"]], ["sel"])
        check("signed: identity", {k: domain["facts"]["identities"][0][k] for k in ("mail_from", "spf", "dmarc")},
              {"mail_from": "author.example", "spf": "pass", "dmarc": "pass"})

        status, slugs, domain = audit(assemble(signed, "Hello, changed.\r\n"))
        check("body changed: status", status, 1)
        check("body changed", slugs, ["message-not-signed-for-from", "message-signature-fails"])

        status, slugs, domain = audit(assemble(signed, body).replace("\r\n", "\n"))
        check("line feeds only: status", status, 0)
        check("line feeds only", slugs, [])

        other = sign(fields, body, key, "vendor.example", "sel")
        status, slugs, domain = audit(assemble(other, body))
        check("signed by a vendor", slugs, ["message-not-signed-for-from"])
        check("signed by a vendor: aligned", [s["aligned"] for s in domain["facts"]["message"]["signatures"]], [False])

        status, slugs, domain = audit(assemble(fields[:3], body))
        check("unsigned", slugs, ["message-no-one-click", "message-unsigned"])

        status, slugs, domain = audit(assemble([("From", "a@author.example"), *fields], body))
        check("two From fields", slugs, ["message-from-fields", "message-unsigned"])

        status, slugs, domain = audit(assemble([("From", "a@author.example, b@vendor.example"), *fields[1:]], body))
        check("two authors", slugs, ["message-authors", "message-unsigned"])

        gone = sign(fields, body, key, "elsewhere.example", "sel")
        status, slugs, domain = audit(assemble(gone, body))
        check("key out of the zone: status", status, 1)
        check("key out of the zone", slugs, ["message-not-signed-for-from", "message-signature-unknown"])

        for text, word in (("", "no header"), ("no header here\r\n\r\n", "no header"), ("To: x@y.example\r\n\r\n", "no From"),
                           ("From: nobody\r\n\r\n", "no address"), ("From: a@[192.0.2.1]\r\n\r\n", "no usable domain")):
            status, line, _ = audit(text)
            check(f"{text!r}: status", status, 2)
            check(f"{text!r}: one line that says {word}", word in line and line.count("\n") == 1, True)
    for fault in FAULTS:
        print(f"FAIL {fault}")
    print(f"{len(FAULTS)} faults")
    sys.exit(bool(FAULTS))


main()
