#!/usr/bin/python3
"""Answers from files come without a network: no socket is made, no resolver configuration read.

usage: test_no_socket.py BINARY [TEST...]

Runs the binary under strace. The receiver, a process of its own, is spoken to over a socketpair: that is no network.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from tool import Tests, Tool

test = Tests()
# "healthy": everything an audit asks; "leads-out": names that the zone cannot answer, which must not go to a resolver
ZONE = """$TTL 300
$ORIGIN healthy.example.
@ SOA ns1 hostmaster 1 7200 900 1209600 300
@ NS ns1
@ MX 10 mx
@ TXT "v=spf1 mx -all"
ns1 A 192.0.2.53
mx A 192.0.2.25
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@healthy.example"
_mta-sts TXT "v=STSv1; id=1"
mta-sts A 192.0.2.80
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:t@healthy.example"
default._bimi TXT "v=BIMI1; l=https://www.healthy.example/logo.svg"
$ORIGIN leads-out.example.
@ SOA ns1 hostmaster 1 7200 900 1209600 300
@ NS ns.elsewhere.example.
@ MX 10 mx.elsewhere.example.
@ TXT "v=spf1 include:_spf.elsewhere.example a:www ~all"
www CNAME web.elsewhere.example.
_dmarc CNAME _dmarc.elsewhere.example.
"""
NETWORK = re.compile(r"\b(socket|connect|bind|listen|accept4?)\(")
NAMES = re.compile(r'"/etc/(resolv\.conf|hosts|nsswitch\.conf|host\.conf|gai\.conf)"')


def traced(tool, folder, *args):
    log = os.path.join(folder, "strace")
    command = [shutil.which("strace"), "-f", "-qq", "-e", "trace=network,open,openat", "-o", log, tool.binary, *args]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=tool.env)
    with open(log, encoding="utf-8", errors="replace") as calls:
        return done, calls.read().splitlines()


def check_silent(what, done, calls):
    test.check(done.returncode in (0, 1, 3), f"{what}: exit status {done.returncode}\n{done.stderr}")
    test.check(any("openat(" in call for call in calls), f"{what}: strace saw nothing")
    main_process = calls[0].split()[0] if calls else ""
    for call in calls:
        test.check(not NETWORK.search(call), f"{what}: {call}")
        # libspf2 and libopendkim read these in the receiver's process when they start, and have no socket to use them with.
        test.check(not (NAMES.search(call) and call.split()[0] == main_process), f"{what}: {call}")


@test
def zone_files(tool, folder):
    zone = os.path.join(folder, "zone")
    with open(zone, "w", encoding="ascii") as file:
        file.write(ZONE)
    for domain in ("healthy.example", "leads-out.example", "not-there.example"):
        check_silent(domain, *traced(tool, folder, "-z", zone, domain))
    check_silent("all, with options", *traced(
        tool, folder, "-z", zone, "-f", "json", "--ip", "192.0.2.25,2001:db8::1", "-s", "s1,s2", "--helo", "mx.healthy.example",
        "--mail-from", "bounce@leads-out.example", "--record", os.path.join(folder, "recording"),
        "healthy.example", "leads-out.example"))


@test
def recordings(tool, folder):
    check_silent("replay", *traced(tool, folder, "--replay", os.path.join(folder, "recording")))


@test
def live_is_seen(tool, folder):
    """That the test would notice: the same name over live DNS, at a port where nobody answers."""
    done, calls = traced(tool, folder, "-n", "127.0.0.1:1", "--timeout", "0.2", "--retries", "0", "healthy.example")
    test.check(any(NETWORK.search(call) for call in calls), f"live: no socket seen, exit status {done.returncode}")


def main():
    tool = Tool(sys.argv[1])
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode != 0:
        print("strace is not here, or may not trace: skipped")
        return 77
    with tempfile.TemporaryDirectory(prefix="dc-no-socket-") as folder:
        return test.run(tool, folder)


if __name__ == "__main__":
    sys.exit(main())
