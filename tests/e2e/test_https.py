#!/usr/bin/python3
"""MTA-STS and BIMI over real servers: certificates good and bad, redirects, slow, endless and broken answers; what may be
connected to and what not; recordings.

usage: test_https.py BINARY [TEST...]          (through port53.py)
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from tool import Tests, Tool, slugs
from web import BULK, DOMAINS, Web

test = Tests()
NOW = ("--now", "2026-11-20T12:00:00Z")
# domain -> the findings about MTA-STS and BIMI
EXPECTED = {
    "ok": set(),
    "expired": {"mta-sts-certificate"},
    "wrong-name": {"mta-sts-certificate"},
    "self-signed": {"mta-sts-certificate"},
    "chain": {"mta-sts-certificate"},
    "redirect": {"mta-sts-redirect"},
    "missing": {"mta-sts-status"},
    "huge": {"mta-sts-large"},
    "endless": {"mta-sts-large"},
    "wrong-type": {"mta-sts-content-type"},
    "chunked": set(),
    "two-addresses": set(),
    "old": {"mta-sts-not-fetched"},
    "closing": {"mta-sts-not-fetched"},
    "slow": {"mta-sts-not-fetched"},
    "plain": {"mta-sts-not-fetched"},
    "nobody": {"mta-sts-not-fetched"},
}
# domain -> why, as the report says it
REASONS = {
    "expired": ("certificate", "verify", "expired"),
    "wrong-name": ("certificate", "verify", "wrong-name"),
    "self-signed": ("certificate", "verify", "self-signed"),
    "chain": ("certificate", "verify", "untrusted"),
    "old": ("unanswered", "outcome", "MALFORMED"),
    "closing": ("unanswered", "outcome", "MALFORMED"),
    "slow": ("unanswered", "outcome", "TIMEOUT"),
    "plain": ("unanswered", "outcome", "MALFORMED"),
    "nobody": ("unanswered", "outcome", "TIMEOUT"),
}


def ours(domain):
    return {slug for slug in slugs(domain) if slug.startswith(("mta-sts-", "bimi-", "caa-"))}


# a tracking host -> what is said of it
TRACKING = {
    "ok": set(),
    "expired": {"declared-tracking-certificate"},
    "wrong-name": {"declared-tracking-certificate"},
    "self-signed": {"declared-tracking-certificate"},
    "missing": set(), # a host of links has no page of its own
    "redirect": set(),
    "plain": {"declared-tracking-not-fetched"},
    "closing": {"declared-tracking-not-fetched"},
    "nobody": {"declared-tracking-not-fetched"},
    "no-such-host": {"declared-tracking-gone"},
}


@test
def tracking_hosts(tool, web):
    hosts = {f"mta-sts.{name}.test": want for name, want in TRACKING.items()}
    with tempfile.TemporaryDirectory() as folder:
        manifest, recording = os.path.join(folder, "domaincheck.yaml"), os.path.join(folder, "r")
        with open(manifest, "w", encoding="utf-8") as f:
            f.write("domains:\n  ok.test:\n    tracking:\n" + "".join(f"      - {host}\n" for host in hosts))
        args = ("-c", manifest, *NOW, "--timeout", "1", "--selectors", "none")
        result = tool.audit(*args, *web.options, "--record", recording)
        findings = result.domains["ok.test"]["findings"]
        for host, want in hosts.items():
            test.equal({f["id"] for f in findings if f["subject"] == host and f["id"].startswith("declared-")}, want, host)
        declared = {t["host"]: t["certificate"] for t in result.domains["ok.test"]["declared"]["tracking"]}
        test.equal(declared["mta-sts.wrong-name.test"], "wrong-name", "in the report")
        test.equal(tool.audit("--replay", recording).out, result.out, "replayed")


@test
def every_kind_of_server(tool, web):
    test.equal(set(EXPECTED), set(DOMAINS), "every domain has an expectation")
    names = [f"{name}.test" for name in EXPECTED]
    began = time.monotonic()
    result = tool.audit(*web.options, *NOW, "--timeout", "1", "--selectors", "none", *names)
    took = time.monotonic() - began
    for name, want in EXPECTED.items():
        domain = result.domains[f"{name}.test"]
        test.equal(ours(domain), want, name)
        part, key, value = REASONS.get(name, (None, None, None))
        fetch = domain["facts"]["mta_sts"]["fetch"]
        if part:
            test.check(fetch[part] is not None, f"{name}: {part} is null: {json.dumps(fetch)}")
            test.equal((fetch[part] or {}).get(key), value, f"{name}: {key}")
    test.check(took < 10, f"slow servers end with their time: {took:.1f} s")
    ok = result.domains["ok.test"]["facts"]
    test.equal(ok["mta_sts"]["mode"], "enforce", "the policy is taken")
    test.equal(ok["mta_sts"]["fetch"]["tls"], "TLSv1.3", "version of TLS")
    test.equal(ok["bimi"]["logo"]["conforms"], True, "the logo")
    test.equal(ok["bimi"]["certificate"]["mark"]["names"], ["ok.test"], "the mark certificate")


@test
def a_replay_is_the_same(tool, web):
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "recording")
        names = [f"{name}.test" for name in EXPECTED if name not in ("slow", "endless")]
        live = tool.audit(*web.options, *NOW, "--timeout", "1", "--selectors", "none", "--record", recording, *names)
        hits = web.hits("")
        again = tool.audit("--replay", recording, *NOW, "--selectors", "none", *names)
        test.check(again.out == live.out, "the report of the replay differs")
        test.equal(web.hits(""), hits, "a replay asks nobody")


@test
def nothing_is_fetched_when_it_is_switched_off(tool, web):
    hits = web.hits("")
    domain = tool.audit(*web.options, *NOW, "--no-fetch", "ok.test").domains["ok.test"]
    test.equal(ours(domain), {"mta-sts-not-fetched", "bimi-logo-not-fetched", "bimi-certificate-not-fetched"}, "--no-fetch")
    test.equal(domain["verdict"], "incomplete", "--no-fetch: verdict")
    options = [option for option in web.options if option != "--allow-private"]
    domain = tool.audit(*options, *NOW, "ok.test").domains["ok.test"]
    test.equal(ours(domain), {"mta-sts-not-fetched", "bimi-logo-not-fetched", "bimi-certificate-not-fetched"}, "private addresses")
    why = domain["facts"]["mta_sts"]["fetch"]["unanswered"]
    test.check("--allow-private" in why.get("detail", ""), f"why: {why}")
    test.equal(web.hits(""), hits, "requests")


@test
def an_unknown_authority(tool, web):
    options = [option for option in web.options if option != "--ca-file" and not option.endswith("ca.pem")]
    domain = tool.audit(*options, *NOW, "ok.test").domains["ok.test"]
    test.check("mta-sts-certificate" in ours(domain) or "mta-sts-not-fetched" in ours(domain), f"without --ca-file: {ours(domain)}")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("no certificate\n")
        file.flush()
        result = tool(*web.options, "--ca-file", file.name, "ok.test")
        test.equal((result.status, result.out), (2, ""), "a file without certificates")
        test.check("--ca-file" in result.err and result.err.count("\n") == 1, result.err)


CONNECT = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, sin6?_port=htons\((\d+)\), .*?\"([0-9a-f.:]+)\"")


def connections(tool, *args):
    """(address, port) of everything that is connected to or sent to, and all traced calls."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "strace")
        env = dict(tool.env, https_proxy="http://127.0.0.1:9", HTTPS_PROXY="http://127.0.0.1:9", ALL_PROXY="socks5://127.0.0.1:9",
                   HOME=folder, SSLKEYLOGFILE=os.path.join(folder, "keys"))
        for name, text in ((".netrc", "default login a password b\n"), (".curlrc", "proxy = 127.0.0.1:9\n")):
            with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                f.write(text)
        done = subprocess.run([shutil.which("strace"), "-f", "-qq", "-e", "trace=network,openat", "-o", log, tool.binary, *args],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=env)
        with open(log, encoding="utf-8", errors="replace") as f:
            calls = f.read()
        test.check(done.returncode in (0, 1, 3), done.stderr)
        test.check(not os.path.exists(os.path.join(folder, "keys")), "session keys were written")
        return {(address, int(port)) for port, address in CONNECT.findall(calls)}, calls


@test
def who_is_connected_to(tool, web):
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode != 0:
        print("    strace is not here, or may not trace")
        return
    dns, nginx = (web.address("dns"), 53), (web.address("nginx"), 443)
    found, calls = connections(tool, *web.options, *NOW, "ok.test")
    test.equal(found - {dns}, {nginx}, "with fetching: DNS and the web server")
    test.check(".netrc" not in calls and ".curlrc" not in calls, "files of the user are not read")
    main = calls.split()[0]
    lines = [line for line in calls.splitlines() if line.split()[0] == main]
    test.check(not any('"/etc/hosts"' in line for line in lines), "names are resolved by our DNS only")
    test.equal(connections(tool, *web.options, *NOW, "--no-fetch", "ok.test")[0] - {dns}, set(), "--no-fetch")
    test.equal(connections(tool, *web.options[:4], *NOW, "--dnssec=no", "ok.test")[0] - {dns}, set(), "without --allow-private")
    test.equal(connections(tool, *web.options, *NOW, "ns.test")[0] - {dns}, set(), "a domain that names nothing")


@test
def many_domains(tool, web):
    """Documents that domains share are fetched once, in one thread and in several."""
    names = [f"b{i}.test" for i in range(BULK)]
    for threads in ("1", "2"):
        logos, policies = web.hits("/logo.svg"), web.hits("mta-sts.txt")
        result = tool("-f", "json", *web.options, *NOW, "--threads", threads, "--selectors", "none", *names)
        for name in names:
            found = ours(result.domains[name])
            if not test.check("mta-sts-mode-testing" in found and not any(s.endswith("not-fetched") for s in found), f"{name}: {found}"):
                break
        test.equal(web.hits("/logo.svg") - logos, 1, f"requests for the logo, {threads} thread(s)")
        test.equal(web.hits("mta-sts.txt") - policies, BULK, f"requests for policies, {threads} thread(s)")


@test
def a_zone_over_live_dns(tool, web):
    """What a change would do: the policy is fetched from where the changed zone leads."""
    with tempfile.TemporaryDirectory() as folder:
        zone = os.path.join(folder, "zone")
        with open(zone, "w", encoding="ascii") as f:
            f.write("$TTL 300\n$ORIGIN ok.test.\n@ SOA ns hostmaster 1 7200 900 1209600 300\n@ NS ns.test.\n@ MX 10 other\nother A 192.0.2.9\n"
                    f'_mta-sts TXT "v=STSv1; id=2"\nmta-sts A {web.address("nginx")}\n')
        domain = tool.audit(*web.options, *NOW, "--live", "-z", zone, "ok.test").domains["ok.test"]
        test.check("mta-sts-mx-uncovered" in ours(domain), f"the new host is not in the policy: {ours(domain)}")
        domain = tool.audit("-z", zone, *NOW, "ok.test").domains["ok.test"]
        test.equal(domain["facts"]["mta_sts"]["fetch"]["unanswered"]["outcome"], "OUT_OF_SOURCE", "zone files alone")


if __name__ == "__main__":
    if not shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin"):
        print("nginx is not here: skipped")
        sys.exit(77)
    with Web() as running:
        sys.exit(test.run(Tool(sys.argv[1]), running))
