#!/usr/bin/python3
"""Two domains of one run whose DKIM keys have a prime in common: every format's run fails and says so.

usage: test_shared_prime.py BINARY
"""

import base64
import os
import re
import subprocess
import sys
import tempfile

FAULTS = []


def check(what, got, want):
    if got != want:
        FAULTS.append(f"{what}: {got!r}, expected {want!r}")


def prime():
    return int(subprocess.run(["openssl", "prime", "-generate", "-bits", "1024"], capture_output=True, text=True,
                              check=True).stdout)


def der(tag, body):
    length = bytes([len(body)]) if len(body) < 128 else (lambda n: bytes([0x80 | len(n)]) + n)(
        len(body).to_bytes((len(body).bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + body


def integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def record(n):
    """SubjectPublicKeyInfo with rsaEncryption, as a DKIM record in zone-file strings."""
    key = der(0x30, integer(n) + integer(65537))
    spki = der(0x30, bytes.fromhex("300d06092a864886f70d0101010500") + der(3, b"\0" + key))
    text = "v=DKIM1; k=rsa; p=" + base64.b64encode(spki).decode()
    return "( " + " ".join(f'"{part}"' for part in re.findall(".{1,200}", text)) + " )"


def zone(domain, n):
    return f"""$TTL 300
$ORIGIN {domain}.
@ SOA ns h 1 1 1 1 300
@ NS ns
ns A 192.0.2.1
@ MX 10 mx
mx A 192.0.2.2
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@{domain}"
s1._domainkey TXT {record(n)}
"""


def main():
    binary = os.path.abspath(sys.argv[1])
    p, q, r = (prime() for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/zone"
        with open(path, "w", encoding="ascii") as f:
            f.write(zone("a.example", p * q) + zone("b.example", p * r))

        def run(*arguments):
            return subprocess.run([binary, "-z", path, "-s", "s1", *arguments], capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL)

        for form in ("text", "json", "ndjson", "lint", "csv"):
            both = run("-f", form, "a.example", "b.example")
            check(f"{form}: status", both.returncode, 1)
            check(f"{form}: said", all(word in both.stderr for word in ("s1._domainkey.a.example", "s1._domainkey.b.example",
                                                                          "prime in common", "dkim-key-shared-prime")), True)
        never = run("-f", "lint", "--fail-on", "never", "a.example", "b.example")
        check("--fail-on never: status", never.returncode, 0)
        check("--fail-on never: said all the same", "prime in common" in never.stderr, True)
        alone = run("-f", "lint", "a.example")
        check("alone: status", alone.returncode, 0)
        check("alone: nothing said", alone.stderr, "")
    for fault in FAULTS:
        print(f"FAIL {fault}")
    print(f"{len(FAULTS)} faults")
    sys.exit(bool(FAULTS))


main()
