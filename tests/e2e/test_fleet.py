#!/usr/bin/python3
"""Lists of domains: each audited once, stopped and resumed, streamed, with progress. No network but a silent socket.

usage: test_fleet.py BINARY [TEST...]
"""

import base64
import fcntl
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

from tool import Tests, Tool, started

test = Tests()
NOW = ("--now", "2026-11-20T12:00:00Z")
COUNT = 40


def zone_of(name, policy):
    return f"""{name}. SOA ns.{name}. h.{name}. 1 3600 600 604800 300
{name}. MX 0 .
{name}. TXT "v=spf1 -all"
*._domainkey.{name}. TXT "v=DKIM1; p="
_dmarc.{name}. TXT "v=DMARC1; p={policy}"
"""


class Fleet:
    """The binary over a zone file of COUNT small domains."""

    def __init__(self, binary, folder):
        self.tool, self.folder = Tool(binary), folder
        self.names = [f"d{i}.example" for i in range(COUNT)]
        with open(self.path("fleet.zone"), "w") as f:
            f.write("$TTL 300\nexample. SOA ns.example. h.example. 1 3600 600 604800 300\n" + "".join(zone_of(name, "none" if i == 7 else "reject") for i, name in enumerate(self.names)))
        self.zone = ("-z", self.path("fleet.zone"), *NOW)
        self.silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.silent.bind(("127.0.0.1", 0))

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def dead(self):
        return ("-n", "127.0.0.1:%d" % self.silent.getsockname()[1])

    def __call__(self, *args, **options):
        return self.tool(*self.zone, *args, **options)

    def start(self, *args, **options):
        options = dict(dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE), **options)
        return subprocess.Popen([self.tool.binary, *args], env=self.tool.env, text=True, **options)


def domains_of(text):
    return [json.loads(line)["domain"] for line in text.splitlines()]


def read_line(pipe, timeout_s=10):
    """One line, or what came of it in time."""
    line, end = "", time.monotonic() + timeout_s
    while not line.endswith("\n") and time.monotonic() < end:
        if select.select([pipe], [], [], 0.1)[0]:
            octet = os.read(pipe.fileno(), 1).decode()
            if not octet:
                break
            line += octet
    return line


def wait_gone(process, timeout_s=5):
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return "still running"


def children_left(group):
    """Processes of a group that are not its leader."""
    have = subprocess.run(["ps", "-eo", "pid,pgid,stat"], capture_output=True, text=True).stdout
    return [line for line in have.splitlines()[1:] if line.split()[1] == str(group) and "Z" not in line.split()[2]]


@test
def duplicates(fleet):
    listed = ["d1.example", "D1.EXAMPLE", "d2.example", "d1.example.", "d2.example"]
    result = fleet("-f", "ndjson", *listed)
    test.equal(domains_of(result.out), ["d1.example", "d2.example"], "each once, in the order of the first")
    result = fleet("-f", "ndjson", stdin="\n".join(fleet.names * 20))
    test.equal(domains_of(result.out), fleet.names, "a list twenty times")


@test
def streams(fleet):
    """A result comes out before the next name comes in."""
    run = fleet.start(*fleet.zone, "-f", "ndjson")
    for name in ("d3.example", "d1.example", "d2.example"):
        run.stdin.write(name + "\n")
        run.stdin.flush()
        line = read_line(run.stdout)
        test.equal(domains_of(line), [name], "the line that comes before the next name")
    run.stdin.write("d4.example")  # no end of line
    out, err = run.communicate(timeout=10)
    test.equal((domains_of(out), err), (["d4.example"], ""), "the last one")


@test
def odd_lists(fleet):
    for text, names in (("d1.example\r\n\r\n# x\n\n d2.example # y", ["d1.example", "d2.example"]),
                        ("#" + "x" * 300000 + "\nd1.example\n", ["d1.example"]), ("\ufeffd1.example", ["d1.example"])):
        result = fleet("-f", "ndjson", stdin=text)
        test.equal((domains_of(result.out), result.err), (names, ""), f"{text[:30]!r}")
    result = fleet("-f", "ndjson", stdin="d1.example\n" + "x" * 300000 + "\nd2.example\n")
    test.equal((result.status, domains_of(result.out), len(result.err.splitlines())), (2, ["d1.example", "d2.example"], 1),
               "an endless line is refused, and only it")
    result = fleet("-f", "ndjson", "-i", fleet.folder)
    test.check(result.status == 2 and fleet.folder in result.err, f"a folder: {result}")


@test
def resume(fleet):
    whole = fleet("-f", "ndjson", *fleet.names).out
    done = fleet.path("done.ndjson")
    for octets in (0, 1, 500, len(whole) // 2, len(whole) - 1, len(whole)):
        with open(done, "w") as f:
            f.write(whole[:octets])
        with open(done, "a") as f:
            result = fleet("-f", "ndjson", "--resume", done, *fleet.names, stdout=f)
        with open(done) as f:
            test.check(f.read() == whole, f"resumed after {octets} octets: {result}")
    with open(done, "w") as f:
        f.write(whole[:1000])
    result = fleet("-f", "ndjson", "--resume", done, *fleet.names)
    lines = whole[:1000].count("\n")
    test.equal(domains_of(result.out), fleet.names[lines:], "to somewhere else")
    with open(done) as f:
        test.equal(f.read(), whole[:1000], "then the file is not touched")
    with open(done, "w") as f:
        f.write('{"domain": "d1.example", "x": 1}\nnonsense\n')
    result = fleet("-f", "ndjson", "--resume", done, *fleet.names[:3])
    test.equal(domains_of(result.out), ["d0.example", "d2.example"], "a line by another program, and nonsense")
    test.check(len(result.err.splitlines()) == 1 and ":2:" in result.err, f"nonsense is told: {result.err!r}")
    result = fleet("-f", "ndjson", "--resume", fleet.path("none"), *fleet.names)
    test.equal((result.status, result.out), (2, ""), "a file that is not there")
    result = fleet("-f", "ndjson", "--resume", done, "-o", done, *fleet.names)
    test.equal((result.status, len(result.err.splitlines())), (2, 1), "into the same file with -o")


def stop_in_the_middle(fleet, number, *args):
    """Two names are done, the rest hangs on a silent resolver. When the machine is too busy for the two, they are given more
    time."""
    for wait_s in (0.7, 3, 9):
        out, err, status = stop_after(fleet, number, wait_s, *args)
        if not any(f"{done} done, {7 - done} not" in err for done in (0, 1)):
            break
    lines = err.splitlines()
    test.check(len(lines) == 1 and "2 done, 5 not" in lines[0], f"{args}: {err!r}")
    test.equal(status, 3, f"{args}: exit status")
    return out


def stop_after(fleet, number, wait_s, *args):
    names = fleet.names[:2] + [f"hang{i}.invalid" for i in range(5)]
    overlay = ("-z", fleet.path("fleet.zone"), "--live", *fleet.dead, "--timeout", "60", *NOW)
    run = fleet.start(*overlay, *args, *names, start_new_session=True, stdin=subprocess.DEVNULL)
    started(run)
    time.sleep(wait_s)
    run.send_signal(number)
    began = time.monotonic()
    try:
        out, err = run.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        out, err = run.communicate()
        test.check(False, "still running after ten seconds")
    test.check(time.monotonic() - began < 5, f"{args}: took {time.monotonic() - began:.1f} s to stop")
    test.equal(children_left(run.pid), [], f"{args}: processes left")
    return out, err, run.returncode


@test
def signals(fleet):
    for number in (signal.SIGINT, signal.SIGTERM):
        out = stop_in_the_middle(fleet, number, "-f", "ndjson", "--fail-on", "never")
        test.equal(domains_of(out), fleet.names[:2], "ndjson: what is done")
        out = stop_in_the_middle(fleet, number, "-f", "json", "--fail-on", "never")
        test.equal([d["domain"] for d in json.loads(out)["domains"]], fleet.names[:2], "json: a whole document")
        path = fleet.path("report.json")
        stop_in_the_middle(fleet, number, "-f", "json", "-o", path, "--fail-on", "never")
        with open(path) as f:
            test.equal(len(json.load(f)["domains"]), 2, "-o: a whole document")
        os.unlink(path)


@test
def stopped_while_names_come(fleet):
    run = fleet.start(*fleet.zone, "-f", "ndjson", "--fail-on", "never", start_new_session=True)
    run.stdin.write("d1.example\n")
    run.stdin.flush()
    test.equal(domains_of(read_line(run.stdout)), ["d1.example"], "the first")
    run.send_signal(signal.SIGINT)
    test.equal(wait_gone(run), 3, "exit status")
    err = run.stderr.read()
    test.check("1 done, 0 not and whatever else" in err and len(err.splitlines()) == 1, repr(err))


@test
def closed_pipe(fleet):
    """Whoever reads no more ends the run, with everything it started."""
    run = fleet.start(*fleet.zone, "-f", "ndjson", start_new_session=True)
    run.stdin.write("d1.example\n")
    run.stdin.flush()
    read_line(run.stdout)
    run.stdout.close()
    run.stdin.write("d2.example\n")
    run.stdin.flush()
    test.equal(wait_gone(run), 4, "exit status, while names may still come")
    test.equal(children_left(run.pid), [], "processes left")
    test.equal(len(run.stderr.read().splitlines()), 1, "one line on standard error")


@test
def progress_lines(fleet):
    names = ["hang1.example", "hang2.example"]
    quick = (*fleet.dead, "--timeout", "0.5", "--retries", "1", "--dnssec=no")
    err = fleet.tool(*quick, "-f", "ndjson", "-v", *names).err
    test.check(err.startswith("domaincheck: 2/2 audited, ") and err.endswith("\n") and len(err.splitlines()) == 1,
               f"-v without a terminal: {err!r}")
    test.check(" unanswered" in err and " 0 unanswered" not in err, f"unanswered: {err!r}")
    for args in ((), ("-q",), ("-q", "-v"), ("--progress", "never", "-v")):
        test.equal(fleet.tool(*quick, "-f", "ndjson", *args, *names).err, "", f"{args}: nothing")
    terminal, inner = pty.openpty()
    run = fleet.start(*quick, "-f", "ndjson", stderr=inner)
    run.stdin.write("".join(name + "\n" for name in names))
    run.stdin.close()
    run.stdout.read()
    run.wait(20)
    fcntl.fcntl(terminal, fcntl.F_SETFL, os.O_NONBLOCK)
    seen = os.read(terminal, 65536).decode()
    test.check("audited" in seen and "unanswered" in seen, f"on a terminal: {seen!r}")
    test.check("\n" not in seen and seen.endswith("\r\x1b[K"), f"the line goes away at the end: {seen!r}")
    os.close(terminal)
    os.close(inner)


def der(tag, content):
    size = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
    return bytes([tag]) + size + content


def rsa_record(modulus):
    """A DKIM record with this modulus and the exponent 65537."""
    number = lambda n: der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))
    key = der(0x30, number(modulus) + number(65537))
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    text = "v=DKIM1; p=" + base64.b64encode(der(0x30, algorithm + der(3, b"\0" + key))).decode()
    return " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))


def prime():
    return int(subprocess.run(["openssl", "prime", "-generate", "-bits", "1024"], capture_output=True, check=True).stdout)


def family_zone(fleet):
    """Six domains: one key twice, two keys with a common prime, one policy and one rua that are not like the others."""
    p, q, r, s = (prime() for _ in range(4))
    moduli = {"f0": p * q, "f1": p * q, "f2": p * r, "f3": q * s}
    text = "$TTL 300\nfamily. SOA ns.family. h.family. 1 3600 600 604800 300\n"
    for i in range(6):
        name = f"f{i}"
        text += f'{name}.family. MX 10 mx.{name}.family.\nmx.{name}.family. A 192.0.2.{1 if i < 2 else i + 1}\n'
        text += f'{name}.family. TXT "v=spf1 ip4:192.0.2.{1 if i < 2 else i + 1}{" ip4:198.51.100.%d/28 ip6:2001:DB8::/64" % (64 + i) if i in (2, 5) else ""} -all"\n'
        text += f'_dmarc.{name}.family. TXT "v=DMARC1; p={"none" if i == 4 else "reject"}; rua=mailto:r@{"f0" if i < 3 else name}.family"\n'
        if name in moduli:
            text += f"sel._domainkey.{name}.family. TXT {rsa_record(moduli[name])}\n"
    with open(fleet.path("family.zone"), "w") as f:
        f.write(text)
    return ("-z", fleet.path("family.zone"), *NOW, "-s", "sel", *(f"f{i}.family" for i in range(6)))


@test
def fleet_view(fleet):
    args = family_zone(fleet)
    report = fleet.tool.audit(*args).report
    view = report["fleet"]
    test.equal(sorted(d["domain"] for d in view["domains"]), [f"f{i}.family" for i in range(6)], "every domain")
    rank = ["fail", "incomplete", "pass"]
    order = [(rank.index(d["verdict"]), -d["errors"]) for d in view["domains"]]
    test.equal(order, sorted(order), "worst first")
    odd = {o["property"]: (o["value"], o["domains"], o["of"], [x["domain"] for x in o["others"]]) for o in view["outliers"]}
    test.equal(odd["dmarc.policy"], ("reject", 5, 6, ["f4.family"]), "the policy that is out of line")
    test.check("spf.all" not in odd, f"all have the same: {odd}")
    shared = {(s["kind"], tuple(s["domains"])) for s in view["shared"]}
    test.equal(shared, {("dkim_key", ("f0.family", "f1.family")), ("address", ("f0.family", "f1.family")),
                        ("range", ("f2.family", "f5.family")),
                        ("rua", ("f0.family", "f1.family", "f2.family"))}, "shared things")
    pairs = [{names[0] for names in (pair["names"], pair["with"])} for pair in view["shared_primes"]]
    key = "sel._domainkey.f{}.family".format
    told = set().union(*pairs)
    test.equal(told, {key(0), key(2), key(3)}, f"keys with a common prime: {view['shared_primes']}")
    test.equal(next(s for s in view["shared"] if s["kind"] == "dkim_key")["names"], [key(0), key(1)], "where the key stands")
    text = fleet.tool(*args).out
    for part in ("6 domains: ", '5 of 6 have "reject", not f4.family (none)', "same key", "192.0.2.1: 2 domains", "same prime"):
        test.check(part in text, f"text has {part!r}")
    test.check("policy below it" not in text, "the same of the policy for names below is told once")
    test.check(max(map(len, text.splitlines())) <= 80, "text keeps to 80 columns")
    alone = fleet.tool.audit(*args[:6], "f0.family").report["fleet"]
    test.equal((alone["outliers"], alone["shared"], alone["shared_primes"]), ([], [], []), "of one domain there is no fleet")


@test
def shards_and_merge(fleet):
    args = family_zone(fleet)
    options, names = args[:6], args[6:]
    whole = fleet.tool(*options, "-f", "ndjson", *names).out
    parts = []
    for i in range(1, 4):
        part = fleet.tool(*options, "-f", "ndjson", "--shard", f"{i}/3", *reversed(names)).out
        parts.append(fleet.path(f"part{i}.ndjson"))
        with open(parts[-1], "w") as f:
            f.write(part)
    have = sum((domains_of(open(part).read()) for part in parts), [])
    test.equal(sorted(have), sorted(names), "each domain in one part")
    listed = fleet.path("names")
    with open(listed, "w") as f:
        f.write("".join(name + "\n" for name in names))
    status = fleet.tool(*options, *names).status
    merged = fleet.tool("merge", "-f", "ndjson", "-i", listed, *parts)
    test.equal((merged.status, merged.err), (status, ""), "merge: status and complaints")
    test.check(merged.out == whole, "merged in the order of the list: the same octets as one run")
    want = fleet.tool.audit(*options, *names).report
    have = json.loads(fleet.tool("merge", "-i", listed, *parts).out)
    for fault in fleet.tool.validator(have)[:3]:
        test.check(False, f"schema: {fault}")
    for key in ("domains", "fleet", "summary"):
        test.check(have[key] == want[key], f"json: {key} as one run says it: {str(have[key])[:300]} and {str(want[key])[:300]}"
                   if have[key] != want[key] else "")
    with open(parts[0], "a") as f:
        f.write(whole.splitlines()[0].replace('"verdict":"fail"', '"verdict":"pass"', 1) + "\n" + '{"domain":"cut')
    merged = fleet.tool("merge", "-f", "ndjson", *parts[1:], parts[0])
    test.equal((merged.status, len(merged.err.splitlines())), (2, 1), f"a cut line is told: {merged.err!r}")
    again = {d["domain"]: d for d in map(json.loads, merged.out.splitlines())}
    test.equal(len(again), 6, "no domain twice")
    test.check("verdict\":\"pass" in [l for l in merged.out.splitlines() if names[0] in l[:60]][0][:80] or
               json.loads(whole.splitlines()[0])["verdict"] != "fail", "the last one counts")
    missing = fleet.tool("merge", "-i", listed, parts[1])
    test.check(missing.status in (1, 3) and "in no report" in missing.err, f"names that no report has: {missing}")
    other = fleet.path("other.txt")
    with open(other, "w", encoding="utf-8") as f:
        f.write("no report\n" * 500)
    foreign = fleet.tool("merge", other)
    test.equal((foreign.status, foreign.out, len(foreign.err.splitlines())), (2, "", 4), f"no report at all: {foreign.err[:200]}")
    for bad in (["merge"], ["merge", "-f", "text", *parts], ["merge", fleet.path("none")], ["--shard", "0/3", "d1.example"],
                ["--shard", "4/3", "d1.example"], ["--shard", "1", "d1.example"]):
        test.equal(fleet.tool(*bad).status, 2, f"{bad[:2]}: exit status")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="domaincheck-fleet-") as folder:
        sys.exit(test.run(Fleet(sys.argv[1], folder)))
