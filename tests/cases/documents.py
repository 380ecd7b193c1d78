#!/usr/bin/python3
"""Write the recordings of the cases that need documents from the web: MTA-STS, BIMI, CAA.

usage: documents.py BINARY [CASE...]

A zone cannot say what a web server answers. Each case below is a zone, made of a sound one and a few lines more, and the
documents behind its names; the zone is audited once with --record, and the documents take the place of the https lines
that a zone leaves open. Run it again when an audit asks new questions. `findings` files are not touched.
"""

import gzip
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = "2026-11-20T12:00:00Z"

ZONE = """$TTL 300
com. SOA a.example.net. hostmaster.example.net. 1 7200 900 1209600 300
com. NS a.example.net.
example.com. SOA ns.example.com. hostmaster.example.com. 1 7200 900 1209600 300
example.com. NS ns.example.com.
example.com. NS ns.example.net.
ns.example.com. A 198.51.100.53
ns.example.com. AAAA 2001:db8::53
mx1.example.com. A 192.0.2.10
mx1.example.com. AAAA 2001:db8::10
mx2.example.com. A 198.51.100.10
example.com. TXT "v=spf1 ip4:192.0.2.10 -all"
_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
2.0.192.in-addr.arpa. SOA ns.example.com. hostmaster.example.com. 1 7200 900 1209600 300
2.0.192.in-addr.arpa. NS ns.example.com.
10.2.0.192.in-addr.arpa. PTR mx1.example.com.
"""
with open(os.path.join(HERE, "identity/ok/zone"), encoding="ascii") as sound:
    ZONE += next(line for line in sound if line.startswith("s1._domainkey"))
MX = "example.com. MX 10 mx1.example.com.\nexample.com. MX 20 mx2.example.com.\n"
DMARC = '_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:dmarc@example.com"\n'
STS = '_mta-sts.example.com. TXT "v=STSv1; id=20261101"\nmta-sts.example.com. A 192.0.2.80\n'
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: *.example.com\r\nmax_age: 1209600\r\n"
ARGS = ["--selectors", "none", "-s", "s1", "--ip", "192.0.2.10", "example.com"]
RPT = "_smtp._tls.example.com. TXT "


def field(text):
    return "".join(c if " " <= c <= "~" and c != "%" else "".join(f"%{b:02x}" for b in c.encode()) for c in text)


def reply(body="", status=200, kind="text/plain", verify="ok", reason="", location="", host="mta-sts.example.com",
          issuer="Let's Encrypt", start="2026-10-15T00:00:00Z", end="2027-01-13T00:00:00Z", names=None):
    """What an HTTPS server said, as `data` of an answer."""
    body = body.encode() if isinstance(body, str) else body
    lines = ["https 1", f"status {status}"]
    lines += [f"{key} {field(value)}" for key, value in (("type", kind), ("location", location), ("tls", "TLSv1.3")) if value]
    lines += [f"verify {verify}"] + ([f"reason {field(reason)}"] if reason else [])
    lines += [f"subject CN = {host}", f"issuer C = US, O = {field(issuer)}, CN = R12", f"issued-by {field(issuer)}"]
    lines += [f"not-before {start}", f"not-after {end}"] + [f"name {field(name)}" for name in names or [host]]
    return "\n".join(lines + [f"body {len(body)}", "", ""]).encode() + body


def word(data):
    return '"' + "".join(chr(b) if 32 <= b <= 126 and b not in b'"\\' else f"\\{b:03d}" if b not in b'"\\' else "\\" + chr(b)
                         for b in data) + '"'


def material(name):
    with open(os.path.join(HERE, "../support/bimi", name), encoding="ascii") as f:
        return f.read()


def web(body, kind="image/svg+xml", **options):
    return reply(body, kind=kind, host="www.example.com", **options)


def logo(svg=None, **options):
    return {"logo.svg": web(material("logo.svg") if svg is None else svg, **options)}


def mark(name, **options):
    return {**logo(), "mark.pem": web(material(name), kind="application/x-pem-file", **options)}


def changed(old, new):
    svg = material("logo.svg")
    assert old in svg, old
    return svg.replace(old, new)


def policy(text=POLICY, **options):
    return {"mta-sts": reply(text, **options)}


def lines(*parts):
    return "\n".join(parts) + "\n"


WWW = "www.example.com. A 192.0.2.80\n"
BIMI = MX + DMARC + WWW + 'default._bimi.example.com. TXT "v=BIMI1; l=https://www.example.com/logo.svg"\n'
VMC = BIMI.replace("logo.svg", "logo.svg; a=https://www.example.com/mark.pem")


def bimi_record(text):
    return MX + DMARC + WWW + f'default._bimi.example.com. TXT "{text}"\n'


def bimi_dmarc(text):
    return VMC.replace(DMARC, f'_dmarc.example.com. TXT "v=DMARC1; {text}; rua=mailto:dmarc@example.com"\n')


# case -> (lines added to the zone, {part of a URL: reply, or the words of a failed answer}, further arguments)
CASES = {
    "mta_sts/ok": (MX + DMARC + STS, policy()),
    "mta_sts/id-unchanged": (MX + DMARC + STS, policy(), ["--baseline", "earlier.json"]),
    "mta_sts/id-changed": (MX + DMARC + STS.replace("20261101", "20261102"), policy(), ["--baseline", "earlier.json"]),
    "mta_sts/multiple": (MX + DMARC + STS + '_mta-sts.example.com. TXT "v=STSv1; id=2"\n', {}),
    "mta_sts/near-case": (MX + DMARC + '_mta-sts.example.com. TXT "v=stsv1; id=20261101;"\n', {}),
    "mta_sts/near-no-semicolon": (MX + DMARC + '_mta-sts.example.com. TXT "v=STSv1 id=20261101"\n', {}),
    "mta_sts/other-text": (MX + DMARC + '_mta-sts.example.com. TXT "hosted by somebody"\n', {}),
    "mta_sts/no-id": (MX + DMARC + '_mta-sts.example.com. TXT "v=STSv1;"\n', {}),
    "mta_sts/bad-id": (MX + DMARC + '_mta-sts.example.com. TXT "v=STSv1; id=2026-11-01"\n', {}),
    "mta_sts/hosted": (MX + DMARC + "_mta-sts.example.com. CNAME _mta-sts.example.net.\nmta-sts.example.com. CNAME www.example.net.\n"
                       "example.net. SOA a.example.net. h.example.net. 1 7200 900 1209600 300\nexample.net. NS a.example.net.\n"
                       '_mta-sts.example.net. TXT "v=STSv1; id=7;"\nwww.example.net. A 192.0.2.81\nwww.example.net. AAAA 2001:db8::81\n',
                       policy()),
    "mta_sts/unanswered": (MX + DMARC + STS, {"_mta-sts.example.com TXT": "SERVFAIL"}),
    "mta_sts/not-fetched": (MX + DMARC + STS, {"mta-sts": 'TIMEOUT via=192.0.2.80 detail="no connection in time"'}),
    "mta_sts/fetch-refused": (MX + DMARC + STS, {"mta-sts": 'NOT_ASKED detail="this run fetches nothing"'}),
    "mta_sts/answer-unreadable": (MX + DMARC + STS, {"mta-sts": b"https 2\nstatus 200\n"}),
    "mta_sts/host-missing": (MX + DMARC + '_mta-sts.example.com. TXT "v=STSv1; id=1"\n', {}),
    "mta_sts/host-unanswered": (MX + DMARC + STS, {"mta-sts.example.com A": "TIMEOUT", "mta-sts.example.com AAAA": "TIMEOUT"}),
    "mta_sts/certificate-expired": (MX + DMARC + STS, policy(verify="expired", reason="certificate has expired", end="2026-11-02T00:00:00Z")),
    "mta_sts/certificate-expired-since": (MX + DMARC + STS, policy(end="2026-11-19T00:00:00Z")),
    "mta_sts/certificate-name": (MX + DMARC + STS, policy(verify="wrong-name", reason="hostname mismatch",
                                                        names=["www.example.com", "example.com", "a.example", "b.example", "c.example"])),
    "mta_sts/certificate-self-signed": (MX + DMARC + STS, policy(verify="self-signed", reason="self-signed certificate", issuer="box")),
    "mta_sts/certificate-ends": (MX + DMARC + STS, policy(end="2026-11-24T00:00:00Z")),
    "mta_sts/redirect": (MX + DMARC + STS, policy("moved", status=301, kind="text/html", location="https://www.example.com/")),
    "mta_sts/status": (MX + DMARC + STS, policy("<html>", status=404, kind="text/html")),
    "mta_sts/large": (MX + DMARC + STS, {"mta-sts": ("tc", reply("x" * 100))}),
    "mta_sts/content-type": (MX + DMARC + STS, policy(kind="Application/Octet-Stream")),
    "mta_sts/no-mode": (MX + DMARC + STS, policy("version: STSv1\nmx: *.example.com\nmax_age: 1209600\n")),
    "mta_sts/web-page": (MX + DMARC + STS, policy("<!doctype html>\n<title>Welcome</title>\n<p>Version: 1</p>\n", kind="text/html")),
    "mta_sts/bad-lines": (MX + DMARC + STS, policy(POLICY + "mx: 192.0.2.10\nmx: mx1.example.com.\nmode: testing\nMode: none\nno colon\nmax-age: 1\n")),
    "mta_sts/age-short": (MX + DMARC + STS, policy(POLICY.replace("1209600", "3600"))),
    "mta_sts/age-days": (MX + DMARC + STS, policy(POLICY.replace("1209600", "172800"))),
    "mta_sts/age-long": (MX + DMARC + STS, policy(POLICY.replace("1209600", "99999999"))),
    "mta_sts/mx-uncovered": (MX + DMARC + STS, policy(POLICY.replace("mx: *.example.com\r\n", ""))),
    "mta_sts/mx-uncovered-testing": (MX + DMARC + STS, policy("version: STSv1\nmode: testing\nmx: *.mx1.example.com\nmx: old.example.com\nmax_age: 86400\n")),
    "mta_sts/mode-none": (MX + DMARC + STS, policy("version: STSv1\nmode: none\nmax_age: 86400\n")),
    "mta_sts/mx-unanswered": (MX + DMARC + STS, {**policy(), "example.com MX": "SERVFAIL"}),
    "mta_sts/dead-letters": ("example.com. MX 0 .\n" + DMARC + STS, policy()),
    "tls_rpt/ok": (MX + DMARC, {}),
    "tls_rpt/https": (MX + DMARC + RPT + '"v=TLSRPTv1; rua=https://reports.example.net/v1/tls,mailto:tls@example.com; x=y;"\n', {}),
    "tls_rpt/none": (MX + DMARC + RPT + '"something else"\n', {}),
    "tls_rpt/missing": (MX + DMARC + STS + RPT + '"something else"\n', policy()),
    "tls_rpt/near-miss": (MX + DMARC + RPT + '"v=TLSRPTV1; rua=mailto:tls@example.com"\n', {}),
    "tls_rpt/multiple": (MX + DMARC + RPT + '"v=TLSRPTv1; rua=mailto:a@example.com"\n' + RPT + '"v=TLSRPTv1; rua=mailto:b@example.com"\n', {}),
    "tls_rpt/no-rua": (MX + DMARC + RPT + '"v=TLSRPTv1; ruf=mailto:a@example.com"\n', {}),
    "tls_rpt/address-alone": (MX + DMARC + RPT + '"v=TLSRPTv1; rua=tls@example.com"\n', {}),
    "tls_rpt/one-bad": (MX + DMARC + RPT + '"v=TLSRPTv1; rua=mailto:tls@example.com,http://r.example.com/,mailto:a@example.com!10m"\n', {}),
    "tls_rpt/unanswered": (MX + DMARC, {"_smtp._tls.example.com TXT": "TIMEOUT"}),
    "bimi/ok": (VMC, mark("ok.pem")),
    "bimi/selector-name": (VMC, mark("selector-name.pem")),
    "bimi/gzip": (VMC, {**mark("ok.pem"), "logo.svg": web(gzip.compress(material("logo.svg").encode(), mtime=0))}),
    "bimi/no-certificate": (BIMI, logo()),
    "bimi/unanswered": (MX + DMARC, {"default._bimi.example.com TXT": "SERVFAIL"}),
    "bimi/near-miss": (bimi_record("v=bimi1; l=https://www.example.com/logo.svg"), {}),
    "bimi/multiple": (BIMI + 'default._bimi.example.com. TXT "v=BIMI1; l=;"\n', {}),
    "bimi/no-l": (bimi_record("v=BIMI1; a=https://www.example.com/mark.pem"), {}),
    "bimi/broken-tag": (bimi_record("v=BIMI1; l=https://www.example.com/logo.svg; avp"), {}),
    "bimi/http": (bimi_record("v=BIMI1; l=http://www.example.com/logo.svg; a=self"), {}),
    "bimi/declined": (bimi_record("v=BIMI1; l=; a=;"), {}),
    "bimi/no-logo": (bimi_record("v=BIMI1; l=; a=https://www.example.com/mark.pem; avp=both; lps=news,shop"), mark("ok.pem")),
    "bimi/dmarc-none": (bimi_dmarc("p=none"), mark("ok.pem")),
    "bimi/dmarc-missing": (VMC.replace(DMARC, ""), mark("ok.pem")),
    "bimi/dmarc-pct": (bimi_dmarc("p=quarantine; pct=50"), mark("ok.pem")),
    "bimi/dmarc-sp": (bimi_dmarc("p=reject; sp=none"), mark("ok.pem")),
    "bimi/dmarc-testing": (bimi_dmarc("p=reject; t=y"), mark("ok.pem")),
    "bimi/dmarc-unanswered": (VMC, {**mark("ok.pem"), "_dmarc.example.com TXT": "TIMEOUT"}),
    "bimi/logo-not-fetched": (BIMI, {"logo.svg": 'MALFORMED via=192.0.2.80 detail="the server closed the connection without an answer"'}),
    "bimi/logo-missing": (BIMI, logo("gone", status=404, kind="text/html")),
    "bimi/logo-redirect": (BIMI, logo("moved", status=302, location="https://cdn.example.net/logo.svg")),
    "bimi/logo-no-host": (BIMI.replace(WWW, ""), {}),
    "bimi/logo-tls": (BIMI, logo(verify="untrusted", reason="unable to get local issuer certificate")),
    "bimi/logo-type": (BIMI, logo(kind="text/plain")),
    "bimi/logo-web-page": (BIMI, logo("<!doctype html><p>Welcome", kind="text/html")),
    "bimi/logo-broken": (BIMI, logo(changed("</svg>", ""))),
    "bimi/logo-doctype": (BIMI, logo(changed("<svg", '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg'))),
    "bimi/logo-plain-svg": (BIMI, logo('<svg xmlns="http://www.w3.org/2000/svg" x="0" y="0"><rect width="1" height="1"/></svg>')),
    "bimi/logo-script": (BIMI, logo(changed("<rect", '<script>alert(1)</script><g onload="a()"/><rect'))),
    "bimi/logo-everything": (BIMI, logo(changed("<rect", '<image href="data:image/png;base64,AA=="/><animate/><style>a{}</style>'
                                                       '<use href="https://example.net/a.svg#b"/><path fill="url( http://example.net/#g)"/><rect'))),
    "bimi/logo-not-square": (BIMI, logo(changed("0 0 100 100", "0 0 200 100"))),
    "bimi/logo-large": (BIMI, logo(changed("</svg>", "<!-- " + "x" * 40000 + " --></svg>"))),
    "bimi/certificate-not-fetched": (VMC, {**logo(), "mark.pem": 'TIMEOUT via=192.0.2.80 detail="no connection in time"'}),
    "bimi/certificate-missing": (VMC, mark("ok.pem", status=403)),
    "bimi/certificate-web-page": (VMC, {**logo(), "mark.pem": web("<html>", kind="text/html")}),
    "bimi/certificate-cut-short": (VMC, {**logo(), "mark.pem": web(material("ok.pem")[:400])}),
    "bimi/certificate-expired": (VMC, mark("expired.pem")),
    "bimi/certificate-early": (VMC, mark("early.pem")),
    "bimi/certificate-ends": (VMC, mark("ends.pem")),
    "bimi/certificate-long": (VMC, mark("long.pem")),
    "bimi/certificate-usage": (VMC, mark("no-usage.pem")),
    "bimi/certificate-name": (VMC, mark("other-name.pem")),
    "bimi/certificate-reversed": (VMC, mark("reversed.pem")),
    "bimi/certificate-alone": (VMC, mark("alone.pem")),
    "bimi/certificate-self-signed": (VMC, mark("self-signed.pem")),
    "bimi/certificate-no-logo": (VMC, mark("no-logo.pem")),
    "bimi/certificate-other-logo": (VMC, mark("other-logo.pem")),
    "caa/forbids-mark": (VMC + 'example.com. CAA 0 issuevmc "globalsign.com"\n', mark("ok.pem")),
    "caa/allows-mark": (VMC + 'example.com. CAA 0 issuevmc "digicert.com"\nexample.com. CAA 0 issue ";"\n', mark("ok.pem")),
    "caa/ok": (MX + DMARC + STS + lines('example.com. CAA 0 issue "letsencrypt.org; validationmethods=dns-01"', 'example.com. CAA 0 issuewild ";"',
                                        'example.com. CAA 0 iodef "mailto:security@example.com"', 'example.com. CAA 128 issuemail ";"'), policy()),
    "caa/none": (MX + DMARC, {}),
    "caa/mail-address": (MX + DMARC + 'example.com. CAA 0 issuemail "security@example.com"\n', {}),
    "caa/bad-values": (MX + DMARC + lines('example.com. CAA 0 issue "let\'s encrypt"', 'example.com. CAA 0 issue "ca.example; account"',
                                          'example.com. CAA 0 issue ""', 'example.com. CAA 0 issue ";"'), {}),
    "caa/unknown-critical": (MX + DMARC + 'example.com. CAA 128 tbs "unknown"\n', {}),
    "caa/unknown-tag": (MX + DMARC + 'example.com. CAA 0 isue "letsencrypt.org"\nexample.com. CAA 0 issue "letsencrypt.org"\n', {}),
    "caa/malformed": (MX + DMARC + 'example.com. CAA \\# 2 0000\n', {}),
    "caa/unanswered": (MX + DMARC, {"example.com CAA": "SERVFAIL"}),
    "caa/issuers-unanswered": (MX + DMARC + STS, {**policy(), "mta-sts.example.com CAA": "SERVFAIL"}),
    "caa/forbids-policy-host": (MX + DMARC + STS + 'example.com. CAA 0 issue "digicert.com"\n', policy()),
    "caa/forbids-everybody": (MX + DMARC + STS + 'mta-sts.example.com. CAA 0 issue ";"\n', policy(issuer="Nobody's CA")),
    "caa/unknown-authority": (MX + DMARC + STS + 'example.com. CAA 0 issue "nobody.example"\n', policy(issuer="Nobody's CA")),
}


def replace(line, documents):
    """The line of a recording, or what the case has in its place."""
    match = re.match(r'https (\S+) - OUT_OF_SOURCE server="([^"]*)"', line)
    for part, answer in documents.items():
        if match and " " not in part and part in match[2]:
            head = f'https {match[1]} - '
            if isinstance(answer, str):
                return f'{head}{answer.split(" ", 1)[0]} server="{match[2]}" {" ".join(answer.split(" ", 1)[1:])}'
            mark, data = answer if isinstance(answer, tuple) else ("", answer)
            return f'{head}ANSWER server="{match[2]}" {mark + " " if mark else ""}via=192.0.2.80 data={word(data)}'
        if " " in part and line.startswith(f"dns {part} "):
            return f"dns {part} {answer} via=192.0.2.53:53"
    return line


def write(binary, name, extra, documents, args=()):
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        zone, recording = os.path.join(scratch, "zone"), os.path.join(scratch, "recording")
        with open(zone, "w", encoding="utf-8") as f:
            f.write(ZONE + extra if "_smtp._tls" not in extra else ZONE.replace("_smtp._tls.example.com.", "; ") + extra)
        done = subprocess.run([binary, "-z", zone, "--record", recording, "--now", NOW, *ARGS], capture_output=True, text=True)
        if done.returncode not in (0, 1, 3):
            sys.exit(f"{name}: exit status {done.returncode}\n{done.stderr}")
        with open(recording, encoding="ascii") as f:
            have = [line for line in f.read().splitlines() if not line.startswith(("clock ", "option ", "audit "))]
    missing = [part for part in documents if " " in part and not any(line.startswith(f"dns {part} ") for line in have)]
    if missing:
        sys.exit(f"{name}: not asked: {', '.join(missing)}")
    with open(os.path.join(folder, "recording"), "w", encoding="ascii") as f:
        f.writelines(replace(line, documents) + "\n" for line in have)
    with open(os.path.join(folder, "args"), "w", encoding="ascii") as f:
        f.writelines(line + "\n" for line in [*ARGS, *args])


def main():
    binary = os.path.abspath(sys.argv[1])
    for name, case in CASES.items():
        if not sys.argv[2:] or name in sys.argv[2:]:
            write(binary, name, *case)


if __name__ == "__main__":
    main()
