#!/usr/bin/python3
"""The command line as the contract fixes it, without any network: exit statuses, inputs, outputs, error lines.

usage: test_cli.py BINARY [TEST...]
"""

import json
import os
import resource
import subprocess
import sys
import tempfile

from tool import Tests, Tool, slugs

test = Tests()
NOW = ("--now", "2026-11-20T12:00:00Z")

GOOD = """
$TTL 300
good.example. SOA ns.good.example. h.good.example. 1 3600 600 604800 300
good.example. NS ns.good.example.
good.example. MX 0 .
good.example. TXT "v=spf1 -all"
*._domainkey.good.example. TXT "v=DKIM1; p="
_dmarc.good.example. TXT "v=DMARC1; p=reject; sp=reject"
"""
BAD = """
$TTL 300
bad.example. SOA ns.bad.example. h.bad.example. 1 3600 600 604800 300
bad.example. NS ns.bad.example.
bad.example. MX 10 mx.bad.example.
mx.bad.example. A 192.0.2.1
bad.example. TXT "v=spf1 +all"
bad.example. TXT "v=spf1 -all"
"""
# Nothing wrong in it, but what it includes lies outside.
OPEN = """
$TTL 300
open.example. SOA ns.open.example. h.open.example. 1 3600 600 604800 300
open.example. NS ns.open.example.
open.example. MX 0 .
open.example. TXT "v=spf1 include:spf.elsewhere.example -all"
*._domainkey.open.example. TXT "v=DKIM1; p="
_dmarc.open.example. TXT "v=DMARC1; p=reject; sp=reject"
"""
# A fault, and everything known.
TWICE = GOOD.replace("good.example", "twice.example") + '_dmarc.twice.example. TXT "v=DMARC1; p=none"\n'
WORKER = """
$TTL 300
worker.example. SOA ns.worker.example. h.worker.example. 1 3600 600 604800 300
worker.example. MX 0 .
worker.example. TXT "v=spf1 ip4:192.0.2.1 -all"
sel._domainkey.worker.example. TXT "v=DKIM1; k=ed25519; p=0MyBirzJxDqNXqevHniceJn6nutVfMW59J01eu0tXpM="
_dmarc.worker.example. TXT "v=DMARC1; p=reject"
1.2.0.192.in-addr.arpa. SOA ns.worker.example. h.worker.example. 1 3600 600 604800 300
1.2.0.192.in-addr.arpa. PTR worker.example.
"""
HOSTILE = r"""
$TTL 300
hostile.example. SOA ns.hostile.example. h.hostile.example. 1 3600 600 604800 300
hostile.example. NS ns.hostile.example.
hostile.example. MX 0 .
hostile.example. TXT "v=spf1 \027[31mred\027]0;title\007 include:\155vil -all"
_dmarc.hostile.example. TXT "v=DMARC1; p=\027[2J\226\128\174reject; x=<script>alert(1)</script>"
sel._domainkey.hostile.example. TXT "v=DKIM1; p=\027[5m\255\254"
"""


class Offline:
    """The binary over the zones above, in a folder that goes away."""

    def __init__(self, binary):
        self.tool, self.place = Tool(binary), tempfile.TemporaryDirectory(prefix="domaincheck-cli-")
        self.folder = self.place.name
        for name, text in (("good", GOOD), ("bad", BAD), ("open", OPEN), ("hostile", HOSTILE), ("twice", TWICE)):
            self.write(name + ".zone", text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode="w"):
        with open(self.path(name), mode) as f:
            f.write(text)
        return self.path(name)

    @property
    def zones(self):
        return [part for name in ("good", "bad", "open", "hostile", "twice") for part in ("-z", self.path(name + ".zone"))]

    def __call__(self, *args, **options):
        return self.tool(*self.zones, *NOW, *args, **options)

    def json(self, *args, **options):
        return self.tool.audit(*self.zones, *NOW, *args, **options)


def fault_line(result, status, what):
    """One clear line on standard error, nothing on standard output."""
    lines = result.err.splitlines()
    test.equal(result.status, status, f"{what}: exit status")
    test.check(len(lines) == 1 and lines[0].startswith("domaincheck: "), f"{what}: want one line, have {result.err!r}")
    test.equal(result.out, "", f"{what}: standard output")


@test
def exit_statuses(cli):
    for names, status in ((["good.example"], 0), (["bad.example"], 1), (["open.example"], 3),
                          (["good.example", "bad.example"], 1), (["good.example", "open.example"], 3),
                          (["open.example", "bad.example", "good.example"], 1)):
        result = cli.json(*names)
        test.equal(result.status, status, f"{' '.join(names)}: exit status")
        test.equal([d["domain"] for d in result.report["domains"]], names, "domains in the order given")
    test.equal(cli.json("twice.example").status, 1, "an error and nothing unknown")
    test.equal(cli.json("twice.example", "--fail-on", "never").status, 0, "--fail-on never")
    test.equal(cli.json("open.example", "--fail-on", "never").status, 3, "--fail-on never, incomplete")


@test
def verdicts(cli):
    domains = cli.json("good.example", "bad.example", "open.example").domains
    for name, verdict in (("good.example", "pass"), ("bad.example", "fail"), ("open.example", "incomplete")):
        test.equal(domains[name]["verdict"], verdict, f"{name}: verdict")


@test
def bad_usage(cli):
    for args in (["--no-such-option", "good.example"], ["-f", "no-such-format", "good.example"],
                 ["--timeout", "never", "good.example"], ["--timeout", "-1", "good.example"],
                 ["--retries", "x", "good.example"], ["-j", "0", "good.example"], ["--fail-on", "nothing", "good.example"],
                 ["--now", "yesterday", "good.example"], ["--ip", "192.0.2.300", "good.example"],
                 ["--ip", "192.0.2.0/33", "good.example"], ["--selectors", "some", "good.example"],
                 ["-s", "a..b", "good.example"], ["--color", "pink", "good.example"], ["--helo", "-x-", "good.example"],
                 ["-p", "no-such-profile", "good.example"], ["-o"], ["explain", "no-such-finding"]):
        fault_line(cli.tool(*args), 2, " ".join(args))
    fault_line(cli.tool("-n", "nonsense", "good.example"), 2, "-n nonsense")
    fault_line(cli.tool("-n", "127.0.0.1:99999", "good.example"), 2, "-n with a bad port")


@test
def bad_names(cli):
    for name in ("a..example", "http://good.example/", "someone@good.example", "192.0.2.1", "[192.0.2.1]", "good example",
                 "-", "x" * 64 + ".example", ".".join(["abcdefgh"] * 32) + ".example", "", "good", "xn--a.example",
                 "\x1b[31m.example"):
        if name == "-":
            continue
        fault_line(cli(name), 2, f"domain {name!r}")
    for name, words in (("_dmarc.good.example", "give the domain, good.example"), ("a.b._domainkey.good.example", "give the domain, good.example"),
                        ("_smtp._tls.good.example", "give the domain, good.example"), ("good.example,nx.example", "one a line")):
        test.check(words in cli(name).err, f"{name}: {cli(name).err}")
    test.check(cli("_spf.good.example").status != 2, "a name of a vendor's record may be looked at")
    result = cli("\x1b[31m.example")
    test.check("\x1b" not in result.err, "a hostile name is escaped in the error line")


@test
def bad_files(cli):
    missing = cli.path("missing")
    cli.write("broken.zone", "good.example. 300 IN TXT \"unclosed\nx y z w\n")
    cli.write("noise", os.urandom(4096), "wb")
    cli.write("empty", "")
    for args in (["-z", missing, "good.example"], ["-z", cli.folder, "good.example"],
                 ["-z", cli.path("broken.zone"), "good.example"], ["-z", cli.path("noise"), "good.example"],
                 ["--replay", missing, "good.example"], ["--replay", cli.path("noise"), "good.example"],
                 ["--replay", cli.path("empty"), "good.example"], ["--replay", cli.path("good.zone"), "good.example"]):
        result = cli.tool(*args)
        fault_line(result, 2, " ".join(args))
        test.check(args[1] in result.err, f"{args}: names the file: {result.err!r}")
    for args in (["-i", missing], ["-i", cli.folder], ["--waivers", missing, "good.example"],
                 ["--baseline", cli.path("noise"), "good.example"]):
        fault_line(cli(*args), 2, " ".join(args))


@test
def no_names(cli):
    result = cli(stdin="")
    test.check(result.status == 2 and result.err, f"an empty list is an error: {result}")
    result = cli(stdin="# only a comment\n\n")
    test.check(result.status == 2 and result.err, f"a list of comments is an error: {result}")


@test
def lists_of_names(cli):
    text = "# names\r\ngood.example\r\n\r\n  bad.example   # the bad one\nopen.example"
    names = ["good.example", "bad.example", "open.example"]
    for how, result in (("standard input", cli.json(stdin=text)), ("-", cli.json("-", stdin=text)),
                        ("-i", cli.json("-i", cli.write("names", text))), ("-i -", cli.json("-i", "-", stdin=text)),
                        ("-i and names", cli.json("-i", cli.write("two", "bad.example\nopen.example\n"), "good.example"))):
        test.equal(result.status, 1, f"{how}: exit status")
        have = [d["domain"] for d in result.report["domains"]]
        test.equal(sorted(have), sorted(names), f"{how}: domains")
    result = cli.json(stdin="\ufeffgood.example\n")
    test.equal([d["domain"] for d in result.report["domains"]], ["good.example"], "a byte order mark")
    result = cli.json(stdin="bad.example\ngood.example\0evil\n")
    test.equal(([d["domain"] for d in result.report["domains"]], result.status), (["bad.example"], 2), "a NUL in a name")


@test
def no_name_of_a_list_is_lost(cli):
    """A line that holds more than its name is refused whole, however far away the rest of it is."""
    far = " " * 70000
    for line in ("good.example\rbad.example", f"good.example{far}bad.example", f"{far}good.example", far, "good.example bad.example"):
        for end in ("\n", ""):
            result = cli("-q", "-i", cli.write("names", f"open.example\n{line}{end}"))
            test.equal(result.status, 2, f"{line[:30]!r}: exit status")
            test.check(":2: " in result.err and result.err.count("\n") == 1, f"{line[:30]!r}: {result.err!r}")
            test.check("open.example" in result.out and "good.example" not in result.out, f"{line[:30]!r}: {result.out!r}")
    result = cli.json("-i", cli.write("names", f"good.example # {'x' * 70000}\nbad.example\n"))
    test.equal([d["domain"] for d in result.report["domains"]], ["good.example", "bad.example"], "a long comment")


@test
def a_bad_name_in_a_list(cli):
    """The others are audited; the exit status is 2."""
    result = cli.json(stdin="good.example\nnot a name\nbad.example\n")
    test.equal(result.status, 2, "exit status")
    test.check("not a name" in result.err and "2" in result.err, f"the line tells which: {result.err!r}")


@test
def names_are_canonical(cli):
    for typed in ("GOOD.example", "good.example.", " good.example "):
        result = cli.json(typed)
        test.equal([d["domain"] for d in result.report["domains"]], ["good.example"], f"{typed!r}")
    result = cli.json("b\u00fccher.example")
    test.equal(result.report["domains"][0]["domain"], "xn--bcher-kva.example", "U-labels")
    test.equal(result.report["domains"][0]["input"], "b\u00fccher.example", "input as typed")


@test
def full_and_closed_outputs(cli):
    for form in ("text", "json", "ndjson", "lint"):
        with open("/dev/full", "w") as full:
            result = cli("-f", form, "bad.example", stdout=full)
        test.check(result.status in (2, 4) and result.err, f"{form} to /dev/full: status {result.status}, {result.err!r}")
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as closed:
            result = cli("-f", form, "bad.example", stdout=closed)
        test.check(result.status in (2, 4) and result.err, f"{form} to a closed pipe: {result.status}, {result.err!r}")
        result = cli("-f", form, "bad.example", stdout=None, preexec_fn=lambda: os.close(1))
        test.check(result.status in (2, 4) and result.err, f"{form} without output: {result.status}, {result.err!r}")
    result = cli("-f", "json", "-o", "/dev/full", "bad.example")
    test.check(result.status in (2, 4) and result.err, f"-o /dev/full: {result.status}, {result.err!r}")


@test
def output_files(cli):
    out = cli.path("report.json")
    result = cli("-f", "json", "-o", out, "bad.example")
    test.equal((result.status, result.out, result.err), (1, "", ""), "-o: status and outputs")
    with open(out) as f:
        first = f.read()
    test.equal(json.loads(first)["domains"][0]["domain"], "bad.example", "-o: the report")
    result = cli("-f", "json", "-o", out, "not a name")
    with open(out) as f:
        test.equal(f.read(), first, "a failed run leaves the old file")
    folder = cli.path("none/report.json")
    result = cli("-f", "json", "-o", folder, "good.example")
    test.check(result.status in (2, 4) and folder in result.err and len(result.err.splitlines()) == 1,
               f"-o into a folder that is not there: {result.status} {result.err!r}")
    lint = cli.path("report.lint")
    result = cli("-f", "json", "-o", out, "-f", "lint", "-o", lint, "bad.example")
    test.equal(result.status, 1, "two reports: status")
    test.check(os.path.getsize(lint) > 0 and os.path.getsize(out) > 0, "two reports in one run")
    left = [name for name in os.listdir(cli.folder) if "report" in name and name not in ("report.json", "report.lint")]
    test.equal(left, [], "temporary files left")


@test
def formats(cli):
    lines = cli("-f", "ndjson", "good.example", "bad.example").out.splitlines()
    test.equal([json.loads(line)["domain"] for line in lines], ["good.example", "bad.example"], "ndjson")
    lines = cli("-f", "lint", "bad.example").out.splitlines()
    found = cli.json("bad.example").domains["bad.example"]
    test.equal(len(lines), len(found["findings"]), "lint: a line a finding")
    for slug in slugs(found):
        test.check(any(slug in line for line in lines), f"lint names {slug}")
    text = cli("bad.example").out
    test.check("bad.example" in text and "FAIL" in text.upper(), "text names the domain and the verdict")
    test.check(max(map(len, text.splitlines())) <= 80, "text keeps to 80 columns")
    test.check(text.isascii() or True, "text")


@test
def colours(cli):
    test.check("\x1b[" in cli("--color", "always", "bad.example").out, "--color always")
    test.check("\x1b" not in cli("--color", "never", "bad.example").out, "--color never")
    test.check("\x1b" not in cli("bad.example").out, "no colours into a pipe")


@test
def hostile_records(cli):
    for form in ("text", "lint", "json", "ndjson"):
        result = cli("-f", form, "-s", "sel", "hostile.example")
        test.check(result.status in (0, 1, 3), f"{form}: {result}")
        bad = [c for c in result.out + result.err if (c < " " and c not in "\n") or c in "\x7f\u202e" or "\x80" <= c < "\xa0"]
        test.equal(bad, [], f"{form}: control characters in the output")


@test
def same_input_same_bytes(cli):
    for form in ("text", "json", "lint", "ndjson"):
        args = ("-f", form, "good.example", "bad.example", "open.example", "hostile.example")
        first = cli(*args).out
        test.equal(cli(*args).out, first, f"{form}: twice")
        test.equal(cli("-j", "1", *args).out, first, f"{form}: one at a time")
        for locale in ("C", "de_DE.UTF-8", "tr_TR.UTF-8"):
            env = dict(cli.tool.env, LC_ALL=locale, TZ="Asia/Tokyo")
            before, cli.tool.env = cli.tool.env, env
            other = cli(*args).out
            cli.tool.env = before
            if form != "text":
                test.equal(other, first, f"{form}: with the locale {locale}")


@test
def explain_and_checks(cli):
    result = cli.tool("explain")
    test.check(result.status == 0 and len(result.out) > 1000, "explain")
    result = cli.tool("checks")
    test.check(result.status == 0, "checks")
    for check in cli.json("bad.example").domains["bad.example"]["checks"]:
        test.check(check["id"] in result.out, f"checks names {check['id']}")
    for slug in slugs(cli.json("bad.example").domains["bad.example"]):
        one = cli.tool("explain", slug)
        test.check(one.status == 0 and slug in one.out, f"explain {slug}")


@test
def help_and_version(cli):
    for args in (["--help"], ["--version"]):
        result = cli.tool(*args)
        test.check(result.status == 0 and result.out and not result.err, f"{args}: {result}")


def huge_zone():
    """An SPF tree whose answers have more than eight million octets."""
    filler = " ".join(['"' + "x" * 250 + '"'] * 250)
    def record(name, below):
        terms = "".join(f'" include:{child}" ' for child in below)
        return f'{name}. TXT "v=spf1" {terms} " -all"\n{name}. TXT {filler}\n'
    zone = "$TTL 300\nhuge.example. SOA ns.huge.example. h.huge.example. 1 3600 600 604800 300\n"
    first = [f"a{i}.huge.example" for i in range(9)]
    zone += record("huge.example", first)
    for i, name in enumerate(first):
        second = [f"b{i}-{k}.huge.example" for k in range(18)]
        zone += record(name, second) + "".join(record(child, []) for child in second)
    return zone


@test
def ceilings(cli):
    """What was not asked for want of budget is unknown, and said to be so."""
    result = cli.tool.audit(*NOW, "-z", cli.write("huge.zone", huge_zone()), "huge.example")
    domain = result.domains["huge.example"]
    test.check("audit-budget-spent" in slugs(domain), f"findings: {sorted(slugs(domain))}")
    verdicts = {check["id"]: check["verdict"] for check in domain["checks"]}
    test.equal(verdicts["audit-complete"], "inconclusive", "audit-complete")
    fault_line(cli("-s", ",".join(f"s{i}" for i in range(301)), "good.example"), 2, "301 selectors")


@test
def without_the_worker(cli):
    """No file descriptors left for the receivers' libraries: everything else is judged."""
    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6))
    zone = cli.write("worker.zone", WORKER)
    result = cli.tool.audit(*NOW, "-z", zone, "--ip", "192.0.2.1", "-s", "sel", "worker.example", preexec_fn=few_files)
    domain = result.domains["worker.example"]
    clean = cli.tool.audit(*NOW, "-z", zone, "--ip", "192.0.2.1", "-s", "sel", "worker.example").domains["worker.example"]
    lost = {"spf-receivers-unknown", "dkim-receivers-unknown"}
    test.equal(sorted(slugs(domain) - slugs(clean)), sorted(lost), "findings that come")
    test.equal(sorted(slugs(clean) - slugs(domain)), [], "findings that go")


@test
def no_socket_offline(cli):
    """-z alone opens no socket: strace sees every process. A pair of sockets to the worker is no network."""
    trace = cli.path("trace")
    try:
        probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
    except FileNotFoundError:
        probe = None
    if not probe or probe.returncode:
        print("    skipped: strace cannot trace here")
        return
    done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network", "-o", trace, cli.tool.binary, *cli.zones, *NOW,
                           "--ip", "192.0.2.1", "good.example", "bad.example", "open.example"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    test.equal(done.returncode, 1, f"under strace: {done.stderr[-300:]}")
    with open(trace) as f:
        calls = [line for line in f if "socket(" in line or "connect(" in line or "AF_INET" in line or "AF_NETLINK" in line]
    test.equal(calls, [], "network calls")


if __name__ == "__main__":
    sys.exit(test.run(Offline(sys.argv[1])))
