"""What libopendkim 2.11.0~beta2 makes of key records: one row each, the record at s._domainkey of the row's domain (DOMAIN).

name, record (or whole lines of a zone), `theirs`: its judgement of a signature that cannot match ("ok": the key was found, read and
used; None: it is not asked), `usable` (whether anything can verify with it) and `finds`: ours. With `missed` the library sees nothing
wrong where there is: the first finding must be an error.
"""

import base64
import os
import random
import re

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cases/dkim")


def txt(content, owner="s._domainkey.DOMAIN"):
    pieces = re.findall(r"\\\d{3}|.", content.replace("\\", "\\092").replace("\0", "\\000").replace('"', '\\034'), re.S)
    octets = []
    for piece in pieces:
        octets += [piece] if len(piece) > 1 or ord(piece) < 128 else [f"\\{o:03}" for o in piece.encode()]
    return f"{owner}. TXT " + " ".join('"' + "".join(octets[i:i + 250]) + '"' for i in range(0, max(len(octets), 1), 250))


def der(tag, *parts):
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else (lambda n: bytes([0x80 | len(n)]) + n)(len(body).to_bytes((len(body).bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + body


def integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def pkcs1(n, e):
    return der(0x30, integer(n), integer(e))


def spki(n, e=65537):
    """SubjectPublicKeyInfo of RSA."""
    return der(0x30, der(0x30, bytes.fromhex("06092a864886f70d010101"), b"\5\0"), der(3, b"\0", pkcs1(n, e)))


def b64(octets):
    return base64.b64encode(octets).decode()


def number(bits, odd=1):
    """Of so many bits; nobody divides it."""
    return random.Random(bits).getrandbits(bits) | 1 << bits - 1 | odd


def rsa(bits=1024, e=65537, **more):
    return f"v=DKIM1; k=rsa; p={b64(spki(number(bits, **more), e))}"


def of_case(name):
    """The record of a case of the suite: a key made of primes."""
    with open(os.path.join(CASES, name, "zone"), encoding="latin-1") as f:
        line = next(line for line in f if "._domainkey." in line and "v=DKIM1" in line)
    return "".join(re.findall(r'"([^"]*)"', line))


SOUND = of_case("sound-2048")
P = re.search(r"p=(\S+)", SOUND)[1]
ED = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
EC = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
DER = base64.b64decode(P)


def strings(record, count):
    step = -(-len(record) // count)
    return "s._domainkey.DOMAIN. TXT " + " ".join(f'"{record[i:i + step]}"' for i in range(0, len(record), step))


def row(name, record, theirs, usable, *finds, **more):
    return dict(name=name, zone=record if isinstance(record, list) else [txt(record)], theirs=theirs, usable=usable, finds=finds, **more)


SIZES = [
    row("rsa-512", rsa(512), "too-small", False, "dkim-key-too-small"),
    row("rsa-1023", rsa(1023), "ok", False, "dkim-key-too-small", missed=True),
    row("rsa-1024", rsa(1024), "ok", True, "dkim-key-small"),
    row("rsa-2048", SOUND, "ok", True),
    row("rsa-4096", of_case("sound-4096"), "ok", True),
    row("rsa-8192", rsa(8192), "key-decode", True, "dkim-key-too-large", "dkim-receivers-differ"),
    row("rsa-16384", rsa(16384), "key-decode", True, "dkim-key-too-large", "dkim-receivers-differ"),
    row("exponent-4096", f"v=DKIM1; p={b64(spki(number(4096), number(4095)))}", "syntax", True, "dkim-key-exponent", "dkim-receivers-differ"), # cut where nothing is left of p=
    row("exponent-1", rsa(e=1), "ok", True, "dkim-key-exponent-invalid", missed=True),
    row("exponent-3", rsa(e=3), "ok", True, "dkim-key-exponent"),
    row("exponent-even", rsa(e=4), "ok", True, "dkim-key-exponent-invalid", missed=True),
    row("modulus-even", f"v=DKIM1; p={b64(spki(number(1024) - 1))}", "ok", True, "dkim-key-even", missed=True),
    row("modulus-0", f"v=DKIM1; p={b64(spki(0))}", "ok", False, "dkim-key-too-small", "dkim-key-even", missed=True),
    row("trailing-der", f"v=DKIM1; p={b64(DER + b'more')}", "ok", True, "dkim-key-trailing"),
    row("pkcs1", f"v=DKIM1; p={b64(pkcs1(number(1024), 65537))}", "key-decode", True, "dkim-key-pkcs1", "dkim-receivers-differ"),
    row("truncated-der", f"v=DKIM1; p={b64(DER[:-40])}", "key-decode", False, "dkim-key-truncated"),
    row("ed25519", f"v=DKIM1; k=ed25519; p={ED}", "ok", True),
    row("ed25519-spki", f"v=DKIM1; k=ed25519; p={b64(bytes.fromhex('302a300506032b6570032100') + base64.b64decode(ED))}", "key-decode", False,
        "dkim-ed25519-wrapped"),
    row("ec-as-rsa", f"v=DKIM1; k=rsa; p={EC}", "key-decode", False, "dkim-key-wrong-type"),
]

RECORDS = [
    row("revoked", "v=DKIM1; p=", "revoked", False),
    row("p-missing", "v=DKIM1; k=rsa", "syntax", False, "dkim-key-missing"),
    row("p-no-base64", "v=DKIM1; p=!!!", "key-decode", False, "dkim-key-not-base64"),
    row("p-one-digit", "v=DKIM1; p=A", "syntax", False, "dkim-key-not-der"),
    row("nul-before-p", f"v=DKIM1; k=rsa\0; p={P}", "syntax", False, "dkim-bad-octet"),
    row("p-stray", f"v=DKIM1; p={P[:100]}!*{P[100:]}", "ok", False, "dkim-key-not-base64", missed=True),
    row("p-blanks", f"v=DKIM1; p={P[:100]} {P[100:]}", "ok", True),
    row("p-no-padding", f"v=DKIM1; p={b64(DER + b'x').rstrip('=')}", "ok", True, "dkim-key-padding"),
    row("p-seam", [f's._domainkey.DOMAIN. TXT "v=DKIM1; p={P[:200]} " " {P[200:]}"'], "ok", True),
    row("version-2", f"v=DKIM2; p={P}", "key-version", False, "dkim-version-wrong"),
    row("version-case", f"v=dkim1; p={P}", "key-version", False, "dkim-version-wrong"),
    row("version-glued", f"v=DKIM1 p={P}", "key-version", False, "dkim-version-wrong"),
    row("backslashes", f"v=DKIM1\\; k=rsa\\; p={P}", "key-version", False, "dkim-version-wrong"),
    row("spf-record", "v=spf1 include:example.com -all", "key-version", False, "dkim-not-a-record"),
    row("version-absent", f"k=rsa; p={P}", "ok", True, "dkim-version-absent"),
    row("version-last", f"k=rsa; p={P}; v=DKIM1", "ok", True, "dkim-version-not-first", missed=True),
    row("type-absent", f"v=DKIM1; p={P}", "ok", True),
    row("type-case", f"v=DKIM1; k=RSA; p={P}", "ok", True, "dkim-type-case"),
    row("type-dsa", f"v=DKIM1; k=dsa; p={P}", "key-type", False, "dkim-type-unknown"),
    row("type-twice", f"v=DKIM1; k=rsa; k=dsa; p={P}", "key-type", False, "dkim-tag-duplicate"),
    row("p-twice", f"v=DKIM1; p={P}; p=", "revoked", False, "dkim-tag-duplicate"),
    row("unknown-tag", f"v=DKIM1; x=y; p={P}", "ok", True, "dkim-tag-unknown"),
    row("semicolon", f"v=DKIM1; k=rsa; p={P};", "ok", True),
    row("blanks", f" v=DKIM1 ; k = rsa ;  p= {P} ", "ok", True),
    row("hash-sha1", f"v=DKIM1; h=sha1; p={P}", "key-hash", False, "dkim-hash-sha1-only"),
    row("hash-sha256", f"v=DKIM1; h=sha256; p={P}", "ok", True),
    row("hash-both", f"v=DKIM1; h=sha1:sha256; p={P}", "ok", True, "dkim-hash-sha1"),
    row("hash-sha512", f"v=DKIM1; h=sha512; p={P}", "key-unknown-hash", False, "dkim-hash-none"),
    row("service-other", f"v=DKIM1; s=other; p={P}", "not-email", False, "dkim-service-not-email"),
    row("service-email", f"v=DKIM1; s=email; p={P}", "ok", True),
    row("service-any", f"v=DKIM1; s=*; p={P}", "ok", True),
    row("testing", f"v=DKIM1; t=y; p={P}", "ok", True, "dkim-testing"),
    row("strict", f"v=DKIM1; t=s; p={P}", "ok", True),
    row("testing-strict", f"v=DKIM1; t=y:s; p={P}", "ok", True, "dkim-testing"),
    row("granularity", f"v=DKIM1; g=user; p={P}", "ok", True, "dkim-granularity"),
    row("granularity-empty", f"v=DKIM1; g=; p={P}", "ok", True, "dkim-granularity"),
    row("semicolons", f"v=DKIM1;; p={P}", "syntax", False, "dkim-syntax-error"),
    row("quoted", f'"v=DKIM1; p={P}"', "syntax", False, "dkim-key-quoted"),
    row("trailing-word", f"v=DKIM1; p={P}; word", "syntax", False, "dkim-syntax-error"),
    row("non-ascii", f"v=DKIM1; n=\u00e4; p={P}", "syntax", False, "dkim-bad-octet"),
    row("empty", "", "syntax", False, "dkim-not-a-record"),
    row("unrelated", "google-site-verification: abc", "syntax", False, "dkim-not-a-record"),
]

ANSWERS = [
    row("two-records", [txt(SOUND), txt("unrelated")], "multiple", False, "dkim-record-multiple"),
    row("two-alike", [txt(SOUND), strings(SOUND, 3)], "multiple", False, "dkim-record-multiple"),
    row("cname", ["s._domainkey.DOMAIN. CNAME k.DOMAIN.", txt(SOUND, "k.DOMAIN")], "ok", True),
    row("cname-only", ["s._domainkey.DOMAIN. CNAME k.DOMAIN."], None, False, "dkim-cname-dangling"),
    row("nothing", [], None, False, "dkim-selector-missing"),
    row("nodata", ["s._domainkey.DOMAIN. A 192.0.2.1"], None, False, "dkim-selector-missing"),
    row("strings-2", [strings(SOUND, 2)], "ok", True),
    row("strings-40", [strings(SOUND, 40)], "ok", True),
    row("record-1500", [txt(f"v=DKIM1; p={P}; n=" + "n" * 1000)], "ok", True, "dkim-record-long"),
    row("record-cut", [txt(f"v=DKIM1; n={'0' * 801}; p={P}")], "key-decode", True, "dkim-record-long", "dkim-receivers-differ"),
    row("reply-9000", [txt(f"v=DKIM1; p={P}; n=" + "n" * 9000)], "key-fail", True, "dkim-record-long"),
]
ROWS = {"sizes": SIZES, "records": RECORDS, "answers": ANSWERS}
