#!/usr/bin/python3
"""Reports for pipelines from real audits: valid for their readers, pointing at the right lines, all of one run at once.

usage: test_ci.py BINARY [TEST...]
"""

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile

from tool import ROOT, Tests, Tool

sys.path.insert(0, f"{ROOT}/tests/schema")
import ci  # noqa: E402

test = Tests()
DEMO = "data/demo/demo.zone"
NOW = "--now=2026-11-20T12:00:00Z"
ARGS = (NOW, "-z", DEMO, "-s", "s1", "broken.example", "healthy.example", "mailvendor.example")
PROFILES = ("-p", "google-bulk,microsoft,parked")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


@test
def valid_for_their_readers(tool):
    for name, reader in ci.READERS.items():
        for args in ((), PROFILES, ("--fail-on", "warning"), ("--fail-on", "never"), ("-v",), ("-q",)):
            done = tool("-f", name, *args, *ARGS, cwd=ROOT)
            test.equal(list(reader(done.out))[:3], [], f"{name} {args}")


@test
def what_fails_is_what_fail_on_says(tool):
    """A job that fails has a failure in its report; one that does not has none."""
    for level in ("error", "warning", "notice"):
        for domain in ("healthy.example", "broken.example", "mailvendor.example"):
            args = (NOW, "-z", DEMO, "-s", "s1", "--fail-on", level, domain)
            report = tool.audit(*args, cwd=ROOT)
            junit, tap = tool("-f", "junit", *args, cwd=ROOT).out, tool("-f", "tap", *args, cwd=ROOT).out
            fails = report.status == 1
            test.equal("<failure" in junit, fails, f"junit {level} {domain}")
            test.equal(bool(re.search(r"^not ok(?!.*\(not determined\)$)", tap, re.M)), fails, f"tap {level} {domain}")
            inconclusive = "(not determined)" in tap
            with tempfile.NamedTemporaryFile("w", suffix=".tap") as file:
                file.write(tap)
                file.flush()
                done = subprocess.run(["prove", "-e", "cat", file.name], capture_output=True, text=True)
            test.equal(done.returncode != 0, fails or inconclusive, f"prove {level} {domain}")


@test
def requirements_of_profiles(tool):
    junit = tool("-f", "junit", *PROFILES, *ARGS, cwd=ROOT).out
    report = tool.audit(*PROFILES, *ARGS, cwd=ROOT)
    for domain in report.report["domains"]:
        for profile in domain["profiles"]:
            for requirement in profile["requirements"]:
                test.check(f'classname="{domain["domain"]}" name="{profile["id"]}/{requirement["id"]}: ' in junit,
                           f"{domain['domain']} {profile['id']} {requirement['id']}")


@test
def lines_of_the_zone(tool):
    """Each place is a line of the zone file where the record of the finding begins."""
    lines = read(f"{ROOT}/{DEMO}").splitlines()
    want = {"spf-too-many-lookups": '"v=spf1 ip4:203', "dkim-key-too-small": "s1._domainkey   TXT", "dmarc-ignored": "_dmarc          TXT",
            "mx-single-host": "MX  10 mx.broken.example.", "dkim-revoked": "s2._domainkey", "ptr-generic-name": "25              PTR static",
            "spf-no-all": '"v=spf1 ip4:203'}
    args = (NOW, "-z", DEMO, "-s", "s1", "broken.example")
    places = {
        "gitlab": {i["check_name"]: (i["location"]["path"], i["location"]["lines"]["begin"])
                   for i in json.loads(tool("-f", "gitlab", *args, cwd=ROOT).out)},
        "sarif": {r["ruleId"]: (r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], r["locations"][0]["physicalLocation"]["region"]["startLine"])
                  for r in json.loads(tool("-f", "sarif", *args, cwd=ROOT).out)["runs"][0]["results"]},
        "github": {c[1]["title"].split(": ")[1]: (c[1]["file"], int(c[1]["line"])) for c in ci.commands(tool("-f", "github", *args, cwd=ROOT).out)},
    }
    for name, found in places.items():
        for slug, text in want.items():
            path, line = found.get(slug, ("", 0))
            test.check(path == DEMO and text in lines[line - 1], f"{name} {slug}: {path}:{line}")
    junit = tool("-f", "junit", *args, cwd=ROOT).out
    for name, text in (("spf-lookups", '"v=spf1 ip4:203'), ("dmarc-syntax", "_dmarc          TXT")):
        found = re.search(rf'name="{name}: [^"]*" file="([^"]*)" line="(\d+)"', junit)
        test.check(found and found[1] == DEMO and text in lines[int(found[2]) - 1], f"junit {name}")


@test
def places_without_a_record(tool):
    """A record that is missing: the zone's start. No file at all: a path that is the same in each run. A manifest: its entry."""
    with tempfile.TemporaryDirectory() as folder:
        zone = read(f"{ROOT}/{DEMO}")
        with open(f"{folder}/a b,c:d%.zone", "w", encoding="utf-8") as f:
            f.write(re.sub(r"^_dmarc +TXT.*\n", "", zone, flags=re.M))
        args = (NOW, "-z", "./a b,c:d%.zone", "-s", "s1", "healthy.example")
        missing = {i["check_name"]: i["location"] for i in json.loads(tool("-f", "gitlab", *args, cwd=folder).out)}["dmarc-missing"]
        line = zone.splitlines().index(next(line for line in zone.splitlines() if "SOA ns1 hostmaster" in line)) + 1
        test.equal(missing, {"path": "a b,c:d%.zone", "lines": {"begin": line}}, "the start of the zone")
        for name in ci.READERS:
            test.equal(list(ci.READERS[name](tool("-f", name, *args, cwd=folder).out))[:2], [], f"{name}: an odd path")
        _, properties, _ = next(ci.commands(tool("-f", "github", *args, cwd=folder).out))
        test.equal(properties["file"], "a b,c:d%.zone", "github: an odd path")
        tool(*NOW.split("="), "-z", f"{ROOT}/{DEMO}", "-s", "s1", "--record", f"{folder}/r", "broken.example")
        replay = ("--replay", f"{folder}/r")
        paths = {i["location"]["path"] for i in json.loads(tool("-f", "gitlab", *replay).out)}
        test.check(paths and all(re.fullmatch(r"dns/[a-z0-9._-]+", path) for path in paths), f"{paths}")
        test.check("file=" not in tool("-f", "github", *replay).out, "github: no link to what is no file")
        with open(f"{folder}/domaincheck.yaml", "w", encoding="utf-8") as f:
            f.write("version: 1\ndomains:\n  healthy.example: {selectors: [s1]}\n  broken.example:\n    selectors: [s1]\n")
        empty = tool("-f", "gitlab", NOW, "-c", "domaincheck.yaml", "-n", "127.0.0.1:1", "--timeout", "0.1", cwd=folder)
        found = {(i["location"]["path"], i["location"]["lines"]["begin"]) for i in json.loads(empty.out)}
        test.equal(found, {("domaincheck.yaml", 3), ("domaincheck.yaml", 4)}, "the manifest's entries")


@test
def zones_out_of_a_pipe(tool):
    """They can be read only once: no lines then, and no waiting for more."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkfifo(f"{folder}/zone")
        writer = subprocess.Popen(["cp", f"{ROOT}/{DEMO}", f"{folder}/zone"])
        done = tool("-f", "gitlab", NOW, "-z", f"{folder}/zone", "-s", "s1", "broken.example", timeout=20)
        writer.wait(timeout=20)
        paths = {issue["location"]["path"] for issue in json.loads(done.out)}
        test.check(done.status == 1 and paths and all(path.startswith("dns/") for path in paths), f"{done.status} {paths}")


@test
def records_to_paste_in_markdown(tool):
    """A record stands in one code span, from its name to its end, and not cut into its parts."""
    out = tool("-f", "markdown", "-z", DEMO, NOW, "-s", "s1", "broken.example", cwd=ROOT).out
    for record in ("25.113.0.203.in-addr.arpa. PTR mail.broken.example.", "v=DMARC1; p=reject; rua=mailto:dmarc@broken.example"):
        test.check(f"`{record}`" in out, f"{record}: {out[-2000:]}")
    unknown = tool("-f", "markdown", "-z", DEMO, NOW, "no-such.example", cwd=ROOT).out
    test.check("<br>The zone files do not tell." in unknown, unknown[-500:])


@test
def all_at_once(tool):
    """Every format of one run is, octet for octet, what it is alone."""
    listed = tool("-f", "nonsense", "a.example").err.split("there are:")[1].split()
    formats = [name for name in listed if not name.startswith("spf")]
    test.check({"text", "json", "ndjson", "csv", "lint", "junit", "sarif", "markdown", "github", "gitlab", "tap", "html", "prometheus"} <= set(formats),
               f"{formats}")
    with tempfile.TemporaryDirectory() as folder:
        pairs = [part for name in formats[:-1] for part in ("-f", name, "-o", f"{folder}/{name}")]
        together = tool(*pairs, "-f", formats[-1], *ARGS, *PROFILES, cwd=ROOT)
        test.equal(together.status, 1, "exit status")
        for name in formats:
            alone = tool("-f", name, *ARGS, *PROFILES, cwd=ROOT)
            test.equal(alone.status, 1, f"{name}: exit status")
            got = together.out if name == formats[-1] else read(f"{folder}/{name}")
            test.check(got == alone.out, f"{name}: the same as alone")
        for name, reader in ci.READERS.items():
            text = together.out if name == formats[-1] else read(f"{folder}/{name}")
            test.equal(list(reader(text))[:2], [], name)
        test.equal(len(list(csv.reader(io.StringIO(read(f"{folder}/csv"))))), 4, "csv")
        report = json.loads(read(f"{folder}/json"))
        lines = [json.loads(line) for line in read(f"{folder}/ndjson").splitlines()]
        test.equal(lines, report["domains"], "ndjson and json hold the same")
        test.check(report["started"] <= report["finished"], "finished")


@test
def one_that_cannot_be_written(tool):
    """One report that fails fails the run, and leaves no half file; the others of that run neither."""
    with tempfile.TemporaryDirectory() as folder:
        done = tool("-f", "junit", "-o", f"{folder}/junit", "-f", "gitlab", "-o", "/nonexistent/x", *ARGS, cwd=ROOT)
        test.equal((done.status, os.listdir(folder), done.err.count("\n")), (4, [], 1), "a folder that is not there")
        done = tool("-f", "junit", "-o", f"{folder}/junit", "-f", "tap", *ARGS, cwd=ROOT, stdout=open("/dev/full", "w"))
        test.equal((done.status, os.listdir(folder)), (4, []), "a full disk")


@test
def when_it_ended(tool):
    """The end is that of the run, and of its replay too; a clock that is given stands still."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        slow = ("-n", f"127.0.0.1:{silent.getsockname()[1]}", "--timeout", "1.3", "--retries", "0", "a.example")
        live = tool.audit("--record", f"{folder}/r", *slow)
        replay = tool.audit("--replay", f"{folder}/r")
        test.check(live.report["finished"] > live.report["started"], f"{live.report['started']} to {live.report['finished']}")
        test.equal(replay.out, live.out, "the replay says the same")
        given = tool.audit(NOW, *slow).report
        test.equal((given["started"], given["finished"]), ("2026-11-20T12:00:00Z",) * 2, "a given clock")
        metrics = tool("-f", "prometheus", "--replay", f"{folder}/r").out
        test.check(re.search(r"^domaincheck_run_duration_seconds [1-9]", metrics, re.M), "prometheus")


def main():
    sys.exit(test.run(Tool(sys.argv[1])))


main()
