#!/usr/bin/python3
"""The known defects of libspf2 and libopendkim, each sent through the program to the worker that holds them.

usage: test_defects.py BINARY [TEST...]

spf.py, keys.py and messages.py are the list: a row a defect, with what the library makes of it, what the standard says, and what the
report must tell. Whatever happens to the worker, every domain of the run has its whole report.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../e2e"), HERE]

import keys
import messages
import spf
from tool import Tests, Tool, slugs, scratch

test = Tests()
CLOCK = ("--now", "2026-11-20T12:00:00Z")


def head(domain):
    return [f"{domain}. SOA ns.{domain}. h.{domain}. 1 7200 900 1209600 300", f"{domain}. NS ns.{domain}.", f"ns.{domain}. A 192.0.2.1"]


class Lab:
    """A zone of all rows of a table, audited in one run."""

    def __init__(self, binary):
        self.tool, self.folder = Tool(binary), scratch()

    def zone(self, lines):
        path = os.path.join(self.folder, "zone")
        with open(path, "w", encoding="latin-1") as f:
            f.write("\n".join(["$TTL 300", *dict.fromkeys(lines)]) + "\n")
        return path

    def audit(self, path, names, *more):
        result = self.tool.audit("-z", path, *CLOCK, *more, *names)
        if result.status not in (0, 1, 3):
            raise RuntimeError(str(result))
        test.equal(result.err, "", "on standard error")
        test.equal(sorted(result.domains), sorted(names), "domains of the report")
        return result.domains


def of_row(domain, row):
    address = row.get("ip", spf.A)
    return next(identity for identity in domain["facts"]["identities"] if identity["ip"] == address)


def judge_spf(row, domain):
    what, one, found = row["name"], of_row(domain, row), slugs(domain)
    if row["own"]:
        test.equal(one["spf"], row["own"], f"{what}: by the standard")
    crash = row["theirs"] == spf.CRASH
    if row["theirs"]:
        test.equal(one["libspf2"], None if crash else row["theirs"], f"{what}: libspf2")
    test.equal("spf-crashes-receivers" in found, crash, f"{what}: spf-crashes-receivers")
    # "(invalid)" is how libspf2 says permerror
    same = row["theirs"] is None or crash or one["libspf2"] == one["spf"] or (one["libspf2"], one["spf"]) == ("(invalid)", "permerror")
    about = [f for f in domain["findings"] if f["id"] == "spf-libspf2-differs" and row.get("ip", spf.A) in json.dumps(f)]
    if row["theirs"] and not crash:
        test.equal(len(about), 0 if same else 1, f"{what}: spf-libspf2-differs")
    if row.get("cause") and about:
        test.check(row["cause"] in json.dumps(about[0]), f"{what}: the cause is told as {about[0]!r}")
    for slug in row.get("finds", []):
        test.check(slug in found, f"{what}: {slug} is not there: {sorted(found)}")
    test.check(domain["verdict"] in ("pass", "warn", "fail"), f"{what}: {domain['verdict']}")


def run_spf(lab, rows):
    groups = {}
    for i, row in enumerate(rows):
        groups.setdefault(row.get("mail_from"), []).append((f"d{i}.example", row))
    for sender, group in groups.items():
        lines = ["in-addr.arpa. SOA ns.x.example. h.x.example. 1 7200 900 1209600 300", *head("names.example"),
                 *head("ring.example"), *head("foo"), *head("7")]
        for domain, row in group:
            lines += head(domain) + [line.replace("DOMAIN", domain) for line in row["zone"]]
        path = lab.zone(lines)
        if sender:
            for domain, row in group:
                domains = lab.audit(path, [domain], "--ip", ",".join(spf.SENDERS), "--mail-from", sender.decode("latin-1") + domain)
                judge_spf(row, domains[domain])
            continue
        domains = lab.audit(path, [domain for domain, _ in group], "--ip", ",".join(spf.SENDERS))
        for domain, row in group:
            judge_spf(row, domains[domain])


@test
def spf_causes(lab):
    run_spf(lab, spf.CAUSES)


@test
def spf_silent(lab):
    run_spf(lab, spf.SILENT)


@test
def spf_growth(lab):
    run_spf(lab, spf.GROWTH)


@test
def spf_overruns(lab):
    run_spf(lab, spf.OVERRUNS)


def judge_key(row, domain):
    what, found = row["name"], slugs(domain)
    selector = next(s for s in domain["facts"]["dkim"]["selectors"] if s["selector"] == "s")
    test.equal((selector["opendkim"], selector["usable"]), (row["theirs"], row["usable"]), f"{what}: libopendkim, ours")
    for slug in row["finds"]:
        test.check(slug in found, f"{what}: {slug} is not there: {sorted(found)}")
    errors = [f["id"] for f in domain["findings"] if f["severity"] == "error"]
    test.check(not row.get("missed") or row["finds"][0] in errors, f"{what}: {row['finds'][:1]} is no error")
    # Nothing passes here without a word that libopendkim refuses.
    test.check(row["theirs"] in ("ok", None) or errors or "dkim-receivers-differ" in found, f"{what}: nothing tells that libopendkim refuses it")
    test.check("dkim-receivers-crash" not in found, f"{what}: the worker died")


def run_keys(lab, rows):
    names = [f"d{i}.example" for i in range(len(rows))]
    lines = []
    for domain, row in zip(names, rows):
        lines += head(domain) + [line.replace("DOMAIN", domain) for line in row["zone"]]
    domains = lab.audit(lab.zone(lines), names, "-s", "s", "--selectors", "none")
    for domain, row in zip(names, rows):
        judge_key(row, domains[domain])


@test
def key_sizes(lab):
    run_keys(lab, keys.SIZES)


@test
def key_records(lab):
    run_keys(lab, keys.RECORDS)


@test
def key_answers(lab):
    run_keys(lab, keys.ANSWERS)


def judge_message(row, done):
    what = row["name"]
    if row.get("usage"):
        test.check(done.status == 2 and done.err.count("\n") == 1, f"{what}: {done}")
        return
    test.check(done.status in row.get("status", (0, 1)) and not done.err, f"{what}: {done}")
    (domain,) = done.report["domains"]
    results = [s["result"] for s in domain["facts"]["message"]["signatures"]]
    test.equal(results, row["results"], f"{what}: results of the signatures")
    test.equal([s["holds"] for s in domain["facts"]["message"]["signatures"]], [r == "ok" for r in results], f"{what}: holds")
    found = slugs(domain)
    for slug in row["finds"]:
        test.equal(slug.lstrip("-") in found, slug[0] != "-", f"{what}: {slug}")
    test.check("message-not-verified" not in found or "message-not-verified" in row["finds"], f"{what}: the worker died")


def run_messages(lab, rows):
    key = keys.b64(keys.spki(messages.KEY.n))
    path = lab.zone([*head(messages.AUTHOR), keys.txt(f"v=DKIM1; p={key}", "sel._domainkey." + messages.AUTHOR)])
    for row in rows:
        name = os.path.join(lab.folder, "message")
        with open(name, "wb") as f:
            f.write(row["message"])
        judge_message(row, lab.tool("message", "-z", path, *CLOCK, "-f", "json", name))


@test
def messages_judged(lab):
    run_messages(lab, messages.JUDGED)


@test
def messages_that_kill(lab):
    run_messages(lab, messages.KILLS)


@test
def names(lab):
    """libpsl takes capitals for another name, libidn2 lets empty labels through: neither ever sees such a name."""
    records = ["shop.example.co.uk", "example.co.uk"]
    path = lab.zone([*head("example.co.uk"), *(keys.txt("v=DMARC1; p=reject", f"_dmarc.{d}") for d in records[1:])])
    reports = []
    for name in ("shop.example.co.uk", "SHOP.Example.Co.UK."):
        domain = lab.tool.audit("-z", path, *CLOCK, name).report["domains"][0]
        domain["dns"] = domain["input"] = None
        reports.append(domain)
    test.check(reports[1] == reports[0], "capitals make another report")
    test.equal(reports[1]["facts"]["dmarc"]["legacy"]["org_domain"], "example.co.uk", "the organisation by the list of suffixes")
    for name in ("a..b", ".example", "x..", "a" * 64 + ".example"):
        done = lab.tool("-z", path, *CLOCK, name)
        test.check(done.status == 2 and done.err.count("\n") == 1, f"{name}: {done}")


@test
def calls_that_nobody_should_make(lab):
    """What test_raw.c shows to be dangerous or wrong is not even linked."""
    linked = subprocess.run(["ldd", lab.tool.binary], capture_output=True, text=True, check=True).stdout
    ours = [line.split()[2] for line in linked.splitlines() if "libdomaincheck" in line]
    done = subprocess.run(["nm", "-D", "--undefined-only", lab.tool.binary, *ours], capture_output=True, text=True, check=True)
    used = {line.split()[-1].split("@")[0] for line in done.stdout.splitlines() if " U " in line}
    test.check({"dkim_header", "SPF_request_query_mailfrom"} <= used, "the libraries' functions are not among those of the binary")
    for name in ("dkim_chunk", "dkim_key_syntax", "dkim_test_key", "dkim_set_key_lookup", "SPF_request_query_fallback", "res_query"):
        test.check(name not in used, f"{name} is called")
    test.equal({name for name in used if name.startswith("opendmarc_")}, set(), "libopendmarc")


def main():
    return test.run(Lab(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
