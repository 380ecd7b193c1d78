"""What libopendkim 2.11.0~beta2 makes of whole messages: one row each.

name, message, `results` of its signatures from the top, `finds`: message-... findings that must (or, with "-", must not) be there. The
messages whose name begins with "kills-" bring the library down or make it read and write past its memory when it is called without
care (test_raw.c shows it); here each must end in a whole report, and a good signature beside a hostile one still holds.
"""

import base64
import hashlib
import random
import re

NOW = "2026-11-20T12:00:00Z"
AUTHOR = "author.example"
FIELDS = [("From", "J <j@author.example>"), ("To", "x@elsewhere.example"), ("Subject", "hello"), ("List-Unsubscribe", "<https://author.example/u>"),
          ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
BODY = "Hello.\r\n"


class Key:
    """RSA of 1,024 bits from a seed."""

    def __init__(self, seed=7):
        draw = random.Random(seed)

        def prime():
            while True:
                p = draw.getrandbits(512) | 3 << 510 | 1
                if p % 65537 != 1 and all(pow(a, p - 1, p) == 1 for a in (2, 3, 5, 7, 11)):
                    return p
        p, q = prime(), prime()
        self.n, self.d = p * q, pow(65537, -1, (p - 1) * (q - 1))

    def sign(self, octets):
        digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(octets).digest()
        padded = b"\0\1" + b"\xff" * (128 - 3 - len(digest)) + b"\0" + digest
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(128, "big")


KEY = Key()


def relaxed(name, value):
    return f"{name.lower()}:{re.sub(r'[ 	]+', ' ', value.replace(chr(13) + chr(10), '')).strip()}"


def b64(octets):
    return base64.b64encode(octets).decode()


def signature(fields=None, body=BODY, tags="", domain=AUTHOR, names=None):
    """A DKIM-Signature (relaxed/simple) over all `fields`: RFC 6376 sections 3.4 and 3.7."""
    fields = FIELDS if fields is None else fields
    names = names or ":".join(name for name, _ in fields)
    value = f"v=1; a=rsa-sha256; c=relaxed/simple; d={domain}; s=sel; h={names}; {tags}bh={b64(hashlib.sha256(body.encode()).digest())}; b="
    text = "".join(relaxed(*field) + "\r\n" for field in fields) + relaxed("DKIM-Signature", value)
    return "DKIM-Signature", value + b64(KEY.sign(text.encode("latin-1")))


def message(*before, fields=None, body=BODY):
    return "".join(f"{name}: {value}\r\n" for name, value in (*before, *(FIELDS if fields is None else fields))) + "\r\n" + body


def bad(tags, algorithm="rsa-sha256"):
    """A signature that nobody made."""
    return "DKIM-Signature", f"v=1; a={algorithm}; {tags}"


PLAIN = f"d={AUTHOR}; s=sel; h=from; bh=AA==; b=AAAA"
GOOD = signature()
LONG = [*FIELDS, ("X-Long", "y" * 70000)]
FOLDED = [*FIELDS, ("X-Long", "y\r\n " * 200000 + "z")]


def row(name, text, results, *finds, **more):
    return dict(name=name, message=text if isinstance(text, bytes) else text.encode("latin-1"), results=results, finds=finds, **more)


def beside(name, tags, result, **more):
    """A hostile signature above a good one."""
    return row(name, message(bad(tags), GOOD), [result, "ok"], "message-signature-fails", **more)


JUDGED = [
    row("good", message(GOOD), ["ok"], "-message-signature-fails"),
    row("line-feeds", message(GOOD).replace("\r\n", "\n"), ["ok"]),
    row("body-tampered", message(GOOD, body="Hello, changed.\r\n"), ["bad-signature"], "message-not-signed-for-from"),
    row("unsigned", message(), [], "message-unsigned"),
    row("body-length", message(signature(body="Hell", tags="l=4; "), body="Hell is others.\r\n"), ["ok"]),
    row("two-from", message(GOOD, fields=[("From", "k@author.example"), *FIELDS]), ["ok"], "message-from-fields"),
    row("two-keys", message(signature(tags="i=@author.example; "), GOOD), ["ok", "ok"]),
    row("large-body", message(signature(body="x" * 78 + "\r\n"), body="x" * 78 + "\r\n" + "\r\n" * 5000000), ["ok"]),
    # Signed fields of more than 64 KiB hold, as they should, when they are given to the library whole
    row("field-64k", message(signature(LONG), fields=LONG), ["ok"]),
    row("field-folded", message(signature(FOLDED), fields=FOLDED), ["ok"]),
    beside("signature-65535", PLAIN + "; x-pad=" + "y" * 65444, "bad-signature"),
    beside("signature-65536", PLAIN + "; x-pad=" + "y" * 65445, "syntax"),
    beside("signature-1m", PLAIN + "; x-pad=" + "y" * 1000000, "syntax"),
    beside("h-4096", PLAIN.replace("h=from", "h=from" + ":to" * 20000), "bad-signature"),
    beside("malformed", "nonsense", "missing-d"),
    beside("domain-empty", PLAIN.replace(AUTHOR, ""), "empty-d"),
    beside("number-wraps", PLAIN + "; t=99999999999999999999; x=1", "expired"),
    # No key can have such a name: the signature fails, and the report is complete
    beside("selector-200", PLAIN.replace("s=sel", "s=" + "s" * 200), "key-fail"),
    beside("selector-5000", PLAIN.replace("s=sel", "s=" + "s" * 5000), "unknown"),
    beside("domain-1200", PLAIN.replace(AUTHOR, "a." * 600 + AUTHOR), "domain"),
    # Only so many are verified: a good one may stand behind them
    row("signatures-200", message(*[bad(PLAIN)] * 200, GOOD), ["bad-signature"] * 32, "message-not-verified", "-message-not-signed-for-from",
        status=(1, 3)),
    row("signatures-200-good", message(GOOD, *[bad(PLAIN)] * 200), ["ok"] + ["bad-signature"] * 31, "-message-not-verified"),
]

KILLS = [
    row("header-5m", message(fields=[*FIELDS, ("X-Long", "y\r\n " * 1300000 + "z")]), None, usage=True),
    row("kills-chunk", b"\n" + message(GOOD).encode(), None, usage=True),
    row("kills-chunk-crlf", b"\r\n" + message(GOOD).encode(), None, usage=True),
    row("kills-no-name", ": x\r\n" + message(GOOD), ["ok"]),
    row("kills-folded-first", " folded\r\n" + message(GOOD), ["ok"]),
    row("kills-h-overrun", "DKIM-Signature: v=1; a=rsa-sha256; d=author.example; s=sel; h=from:dkim-signature:from; bh=AA==; b=AAAA\r\n"
        "From: a@author.example\r\n\r\nx\r\n", ["bad-signature"]),
    beside("kills-h-overrun-beside", PLAIN.replace("h=from", "h=from:to:subject:list-unsubscribe:list-unsubscribe-post:dkim-signature:"
                                                   "dkim-signature:from"), "bad-signature"),
    beside("kills-i-equals", PLAIN + "; i=@author.example=", "domain"),
    beside("kills-i-equals-digit", PLAIN + "; i=@author.example=4", "domain"),
    beside("kills-i-inside", PLAIN.replace("bh=", "i=a=@author.example; bh="), "domain"),
    beside("kills-i-250", PLAIN.replace("bh=", "i=" + "u" * 236 + "@author.example; bh="), "domain"),
    beside("kills-i-257", PLAIN.replace("bh=", "i=" + "u" * 242 + "@author.example; bh="), "domain"),
    beside("kills-i-70000", PLAIN.replace("bh=", "i=" + "u" * 70000 + "@author.example; bh="), "domain"),
    row("kills-nul", (message(GOOD)).replace("Subject: hello", "X-N: a\0b\r\nSubject: hello"), ["ok"]),
]
ROWS = {"judged": JUDGED, "kills": KILLS}
