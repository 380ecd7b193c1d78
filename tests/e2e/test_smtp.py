#!/usr/bin/python3
"""--probe against Postfix, aiosmtpd and servers that misbehave: what is found, what is said, and that it ends.

usage: test_smtp.py BINARY [TEST...]
"""

import os
import socket
import sys
import tempfile
import time

from smtp_lab import HOST, HOSTILE, SmtpLab
from tool import Tests, Tool, slugs

test = Tests()

ZONE = """$TTL 300
example.com. SOA ns.example.com. hostmaster.example.com. 1 3600 600 86400 300
example.com. NS ns.example.com.
example.com. MX 10 mx.example.com.
mx.example.com. A 127.0.0.1
example.com. TXT "v=spf1 -all"
_dmarc.example.com. TXT "v=DMARC1; p=reject"
{more}
0.0.127.in-addr.arpa. SOA ns.example.com. hostmaster.example.com. 1 3600 600 86400 300
1.0.0.127.in-addr.arpa. PTR mx.example.com.
"""

# MX face -> the smtp-* findings it deserves
FACES = {
    "postfix-valid": set(),
    "postfix-modern": set(),
    "postfix-expired": {"smtp-certificate-outdated"},
    "postfix-wrong-name": {"smtp-certificate-name"},
    "postfix-self-signed": {"smtp-certificate-untrusted"},
    "postfix-small-key": {"smtp-key-weak"},
    "postfix-plain": {"smtp-no-starttls"},
    "aiosmtpd-valid": {"smtp-auth-on-mx"},
    "aiosmtpd-plain": {"smtp-no-starttls", "smtp-auth-on-mx", "smtp-auth-before-tls"},
    "closed": {"smtp-unreachable"},
}
MAY_HAVE = {"postfix-valid": {"smtp-tls-old-accepted"}}

# trouble -> findings; None: any that say "unknown", and nothing else
TROUBLES = {
    "rejects": {"smtp-unwelcome"},
    "extra": {"smtp-starttls-extra"},
    "refuses-tls": {"smtp-starttls-refused"},
    "garbage-tls": {"smtp-tls-fails"},
    "old-tls": {"smtp-tls-old"},
    "nul": {"smtp-no-starttls", "smtp-banner-name", "smtp-ehlo-name"},
    "any-tls": {"smtp-tls-old-accepted"},
    "closes-after-starttls": {"smtp-tls-unknown"},
}
UNKNOWN = {"smtp-unreachable", "smtp-unwelcome", "smtp-broken", "smtp-tls-unknown"}


def smtp(domain, *more):
    return {slug for slug in slugs(domain) if slug.startswith(("smtp-", "submission-", *more))}


def probe(tool, lab, face, *args, more="", what="smtp", ports=("25",), timeout="2"):
    with tempfile.NamedTemporaryFile("w", suffix=".zone") as zone:
        zone.write(ZONE.format(more=more))
        zone.flush()
        redirect = [word for port in ports for word in ("--probe-port", f"{port}={lab.ports[face]}")]
        return tool.audit("-z", zone.name, "--live", "-n", "127.0.0.1:1", "--timeout", "0.1", "--retries", "0",
                          "--selectors", "none", "--probe", what, *redirect, "--allow-private", "--ca-file", lab.ca_file,
                          "--probe-timeout", timeout, *args, "example.com")


@test
def every_face(tool, lab):
    for face, want in FACES.items():
        if face not in lab.ports:
            continue
        domain = probe(tool, lab, face).domains["example.com"]
        test.equal(smtp(domain) - MAY_HAVE.get(face, set()) - {"smtp-tls-old-accepted"}, want, face)
        server = domain["facts"]["smtp"]["servers"][0]
        test.equal(server["reached"], True if face != "closed" else None, f"{face}: reached")
        if face in ("postfix-valid", "aiosmtpd-valid"):
            test.equal([server[key] for key in ("starttls", "tls", "tls_version", "banner")][:3], [True, True, "TLSv1.3"], face)
            test.equal(server["certificate"]["names"], [HOST], f"{face}: names")
            test.equal(server["certificate"]["trusted"], True, f"{face}: trusted")


@test
def a_chain_that_nobody_knows(tool, lab):
    """Without the authority's certificate among the trusted."""
    result = probe(tool, lab, "aiosmtpd-valid", "--ca-file", lab.certificates.path("self-signed.crt"))
    test.check("smtp-certificate-untrusted" in smtp(result.domains["example.com"]), "untrusted")


@test
def old_versions_of_tls(tool, lab):
    if "postfix-modern" in lab.ports:
        domain = probe(tool, lab, "postfix-modern").domains["example.com"]
        test.equal(domain["facts"]["smtp"]["servers"][0]["old_tls"], False, "Postfix that refuses")


@test
def hostile_servers(tool, lab):
    for name in HOSTILE:
        began = time.monotonic()
        result = probe(tool, lab, name, timeout="1")
        test.check(time.monotonic() - began < 12, f"{name}: {time.monotonic() - began:.1f} s")
        test.check(result.status in (0, 1, 3), f"{name}: status {result.status} {result.err}")
        have = smtp(result.domains["example.com"])
        if name in TROUBLES:
            test.equal(have, TROUBLES[name], name)
        else:
            test.check(have and have <= UNKNOWN, f"{name}: {sorted(have)}")
        test.check("smtp-no-starttls" not in have or name == "nul", f"{name}: taken for a server without TLS")


@test
def what_we_say(tool, lab):
    """EHLO, STARTTLS, QUIT: nothing else, to nobody."""
    for name, server in lab.hostile.items():
        for line in server.heard:
            words = line.split()
            test.check(words and words[0] in (b"EHLO", b"STARTTLS", b"QUIT"), f"{name} heard {line!r}")
    test.check(any(line == b"EHLO [127.0.0.1]\r\n" for line in lab.hostile["rejects"].heard + lab.hostile["extra"].heard),
               "our name is our address")


@test
def our_name(tool, lab):
    probe(tool, lab, "extra", "--probe-helo", "probe.example.net")
    test.check(b"EHLO probe.example.net\r\n" in lab.hostile["extra"].heard, "--probe-helo")


@test
def private_addresses(tool, lab):
    before = len(lab.hostile["extra"].heard)
    domain = probe(tool, lab, "extra", "--allow-private=no").domains["example.com"]
    test.equal(smtp(domain), {"smtp-unreachable"}, "refused")
    test.equal(len(lab.hostile["extra"].heard), before, "nobody was spoken to")


@test
def off_by_default(tool, lab):
    before = len(lab.hostile["extra"].heard)
    domain = probe(tool, lab, "extra", what="submission").domains["example.com"]
    test.equal(len(lab.hostile["extra"].heard), before, "MX not spoken to without --probe smtp")
    test.equal(smtp(domain), {"submission-not-published"}, "no SRV record")


@test
def shared_hosts_are_spoken_to_once(tool, lab):
    """Two domains, one MX host: one conversation, and the second connection with old TLS."""
    before = len(lab.hostile["extra"].heard)
    more = "two.example.com. MX 10 mx.example.com.\nthree.example.com. MX 10 mx.example.com."
    result = probe(tool, lab, "extra", "two.example.com", "three.example.com", more=more)
    test.equal(len(result.domains), 3, "domains")
    heard = [line.split()[0] for line in lab.hostile["extra"].heard[before:]]
    test.equal((heard.count(b"QUIT"), heard.count(b"STARTTLS")), (1, 2), "conversations")


@test
def a_network_that_forbids_port_25(tool, lab):
    """Addresses whose listeners take no connection any more, as behind a firewall that drops: given up after sixteen."""
    count, port, held = 80, lab.free_port(), []
    lines = []
    for i in range(count):
        address = f"127.1.{i // 200}.{i % 200 + 1}"
        server = socket.socket()
        server.bind((address, port))
        server.listen(0)
        held.append(server)
        for _ in range(2):  # one waits to be accepted, the next finds no room
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((address, port))
            held.append(client)
        lines += [f"d{i}.example.com. MX 10 m{i}.example.com.", f"m{i}.example.com. A {address}"]
    lab.ports["drops"] = port
    began = time.monotonic()
    result = probe(tool, lab, "drops", "--threads", "1", *(f"d{i}.example.com" for i in range(count)), more="\n".join(lines), timeout="1")
    test.check(time.monotonic() - began < 15, f"{time.monotonic() - began:.1f} s")
    domains = [domain for name, domain in result.domains.items() if name != "example.com"]
    test.check(all(smtp(domain) == {"smtp-unreachable"} for domain in domains), "all are unknown")
    reasons = [finding["message"] for domain in domains for finding in domain["findings"] if finding["id"] == "smtp-unreachable"]
    test.check(0 < sum("closed on the way" in reason for reason in reasons) <= count - 16, "the last are not tried")
    for each in held:
        each.close()


@test
def tlsa(tool, lab):
    """Records that match and that do not; DNSSEC cannot be seen here, so they count unless it is denied."""
    good = f"_25._tcp.mx.example.com. TLSA 3 1 1 {lab.digest('valid')}"
    bad = f"_25._tcp.mx.example.com. TLSA 3 1 1 {lab.digest('self-signed')}"
    anchor = f"_25._tcp.mx.example.com. TLSA 2 1 1 {lab.digest('ca')}"
    face = "postfix-valid" if lab.has_postfix else "aiosmtpd-valid"
    for name, records, server, want in (("match", good, face, set()), ("both", f"{good}\n{bad}", face, set()),
                                        ("mismatch", bad, face, {"dane-mismatch"}), ("authority", anchor, face, set()),
                                        ("authority of another name", anchor, "postfix-wrong-name", {"dane-name"}),
                                        ("match without authority", good.replace(lab.digest("valid"), lab.digest("expired")),
                                         "postfix-expired", set()),
                                        ("no TLS", good, "postfix-plain", {"dane-no-tls"}),
                                        ("not reached", good, "closed", set())):
        if server not in lab.ports:
            continue
        domain = probe(tool, lab, server, more=records).domains["example.com"]
        have = {slug for slug in slugs(domain) if slug in ("dane-mismatch", "dane-name", "dane-no-tls")}
        test.equal(have, want, f"TLSA: {name}")
        verdict = {check["id"]: check["verdict"] for check in domain["checks"]}["dane-match"]
        test.equal(verdict, "fail" if want else "inconclusive" if name == "not reached" else "pass", f"TLSA {name}: verdict")


@test
def submission(tool, lab):
    host = ("--submission", HOST)
    domain = probe(tool, lab, "aiosmtpd-submission", *host, what="submission", ports=("587",)).domains["example.com"]
    test.equal(smtp(domain), set(), "587 with STARTTLS and AUTH under TLS; the other ports are closed")
    if lab.has_postfix:
        domain = probe(tool, lab, "postfix-submissions", *host, what="submission", ports=("465",)).domains["example.com"]
        test.equal(smtp(domain) - {"smtp-tls-old-accepted"}, {"submission-no-auth"}, "465, no AUTH set up")
        domain = probe(tool, lab, "postfix-wrong-name", *host, what="submission", ports=("587",)).domains["example.com"]
        test.check("submission-certificate-name" in smtp(domain), "587 with another name")
    domain = probe(tool, lab, "aiosmtpd-plain", *host, what="submission", ports=("587",)).domains["example.com"]
    test.equal(smtp(domain), {"submission-no-starttls", "smtp-auth-before-tls"}, "587 in the clear")
    domain = probe(tool, lab, "closed", *host, what="submission", ports=("587",)).domains["example.com"]
    test.check(smtp(domain) <= {"smtp-unreachable"}, "all closed: unknown")


@test
def submission_by_srv(tool, lab):
    srv = "_submission._tcp.example.com. SRV 0 1 587 mx.example.com.\n_submissions._tcp.example.com. SRV 0 0 0 ."
    domain = probe(tool, lab, "aiosmtpd-submission", what="submission", ports=("587",), more=srv).domains["example.com"]
    test.equal(smtp(domain), set(), "found by SRV")
    test.equal([(s["origin"], s["port"], s["tls"]) for s in domain["facts"]["smtp"]["servers"]], [("srv", 587, True)], "server")


@test
def record_and_replay(tool, lab):
    with tempfile.TemporaryDirectory() as folder:
        for face in ("aiosmtpd-valid", "aiosmtpd-plain", "rejects", "nul", "ten-thousand", "closed", "garbage-tls"):
            path = os.path.join(folder, face)
            live = probe(tool, lab, face, "--record", path, timeout="1").domains["example.com"]
            again = tool.audit("--replay", path, "example.com").domains["example.com"]
            test.equal(again, live, f"{face}: replay")


@test
def bad_settings(tool, lab):
    for args in (("--probe", "imap"), ("--submission", "nodots"), ("--submission", "a.example:0"), ("--probe-port", "25"),
                 ("--probe-port", "25=70000"), ("--probe-helo", "a b"), ("--probe", "smtp", "--ca-file", "/nonexistent")):
        result = tool(*args, "-n", "127.0.0.1:1", "example.com")
        test.equal((result.status, len(result.err.splitlines())), (2, 1), f"{args}: {result.err}")


if __name__ == "__main__":
    with SmtpLab() as running:
        if not running.has_postfix:
            print("Postfix is not there or this is not root: its faces are left out")
        sys.exit(test.run(Tool(sys.argv[1]), running))
