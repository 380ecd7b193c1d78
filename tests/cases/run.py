#!/usr/bin/python3
"""Run case folders against the binary.

usage: run.py [--update] [--jobs N] [--schema FILE] [--wrap COMMAND] [--limit N] BINARY FOLDER...

A FOLDER is a case, or holds cases at any depth. A case is a folder with

    zone         zone file(s), served with -z                     \\ at least one of
    recording    answers that a zone cannot give (SERVFAIL ...)   /  the two, or stdin/args alone
    args         the command line after "domaincheck", one argument a line
    stdin        what is fed to standard input (default: nothing)
    findings     the exact set of findings, sorted: severity slug subject
    status       exit status (without this file: 0, 1 or 3, that is: the audit was made)
    report.json  a part of the report: listed keys must match, arrays as a whole, their items as parts
    text         the exact output of -f text

A file that exists is compared, and every report must be valid under the JSON Schema. --update rewrites `findings` and
`status` (only where they exist already, or `findings` where nothing at all is expected yet): look at the difference
before you commit it, a case is a statement of truth.
"""

import argparse
import concurrent.futures
import difflib
import json
import os
import shlex
import subprocess
import sys

NOW = "2026-11-20T12:00:00Z"
TIMEOUT_S = 60
SUBCOMMANDS = ("message", "explain", "checks")
WRAP = []  # a command to run the binary under: valgrind
PARTS = ("args", "findings", "status", "text", "report.json", "recording", "zone", "stdin")


class Case:
    """One folder and what it expects; run() fills the rest."""

    def __init__(self, folder):
        self.folder = folder
        self.files = set(os.listdir(folder))
        self.faults = []   # lines for the person who broke it
        self.reports = []  # the report, when there is one
        self.status = None

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as f:
            return f.read()

    def lines(self, name):
        return [line for line in self.read(name).splitlines() if line]

    def command(self, binary, form):
        args = self.read("args").splitlines() if "args" in self.files else []
        command = [*WRAP, binary]
        if args and args[0] in SUBCOMMANDS:
            command.append(args.pop(0))
        command += ["-f", form]
        if "zone" in self.files:
            command += ["-z", "zone"]
        if "recording" in self.files:
            command += ["--replay", "recording"]
        if "--now" not in args:
            command += ["--now", NOW]
        return command + args

    def call(self, binary, form):
        stdin = open(os.path.join(self.folder, "stdin"), "rb") if "stdin" in self.files else subprocess.DEVNULL
        env = {key: value for key, value in os.environ.items() if not key.startswith(("DOMAINCHECK", "LC_", "NO_COLOR"))}
        env.update(LC_ALL="C.UTF-8", TZ="UTC")
        try:
            return subprocess.run(self.command(binary, form), cwd=self.folder, stdin=stdin, capture_output=True,
                                  timeout=TIMEOUT_S, env=env)
        finally:
            if stdin is not subprocess.DEVNULL:
                stdin.close()


def case_folders(roots):
    """Every folder below the roots that holds a part of a case, sorted."""
    found = []
    for root in roots:
        if not os.path.isdir(root):
            raise SystemExit(f"run.py: no folder {root}")
        for folder, folders, files in os.walk(root):
            folders.sort()
            if "args" in files or "findings" in files:
                found.append(folder)
                folders.clear()
    return found


def clean(text):
    """One word a field: a subject is raw bytes made JSON, a case file is lines."""
    return "".join(c if c > " " and c.isprintable() else "\\u{%x}" % ord(c) for c in text)


def finding_lines(report):
    lines = []
    for domain in report.get("domains", []):
        for finding in domain.get("findings", []):
            line = f'{finding["severity"]} {finding["id"]} {clean(finding["subject"])}'
            lines.append(line + (" waived" if finding.get("waived") else ""))
    return sorted(lines)


def part_of(want, have, path="report"):
    """Differences between a wanted part and what is there, as lines."""
    if isinstance(want, dict):
        if not isinstance(have, dict):
            return [f"{path}: want an object, have {json.dumps(have)}"]
        out = []
        for key, value in want.items():
            out += part_of(value, have[key], f"{path}.{key}") if key in have else [f"{path}.{key}: not there"]
        return out
    if isinstance(want, list):
        if not isinstance(have, list) or len(want) != len(have):
            return [f"{path}: want {json.dumps(want)}", f"{path}: have {json.dumps(have)}"]
        return [line for i, value in enumerate(want) for line in part_of(value, have[i], f"{path}[{i}]")]
    if type(want) is not type(have) or want != have:
        return [f"{path}: want {json.dumps(want)}, have {json.dumps(have)}"]
    return []


def difference(want, have, name):
    return list(difflib.unified_diff(want, have, f"{name} (expected)", f"{name} (now)", lineterm="", n=1))


def check_text(case, binary):
    done = case.call(binary, "text")
    want, have = case.read("text"), done.stdout.decode("utf-8", "replace")
    if want != have:
        case.faults += difference(want.splitlines(), have.splitlines(), "text") or ["text: differs in the last newline"]


def update(case, findings, expected_status):
    if findings is not None and (case.read("findings").splitlines() if "findings" in case.files else None) != findings:
        with open(os.path.join(case.folder, "findings"), "w", encoding="utf-8") as f:
            f.writelines(line + "\n" for line in findings)
    if "status" in case.files or not expected_status:
        with open(os.path.join(case.folder, "status"), "w", encoding="utf-8") as f:
            f.write(f"{case.status}\n")


def run_case(case, binary, validator, rewrite=False):
    stray = [name for name in case.files if name not in PARTS and name.rpartition(".")[2] not in
             ("eml", "yaml", "yml", "zone", "list", "pem", "txt", "toml", "json")]
    if stray:
        case.faults.append(f"unknown file {', '.join(stray)}")
    try:
        done = case.call(binary, "json")
    except subprocess.TimeoutExpired:
        case.faults.append(f"took more than {TIMEOUT_S} s")
        return case
    case.status = done.returncode
    want_status = [int(case.read("status"))] if "status" in case.files else [0, 1, 3]
    findings = None
    errors = done.stderr.decode("utf-8", "replace").splitlines()[:20]
    if done.stdout:
        try:
            report = json.loads(done.stdout)
        except ValueError as error:
            case.faults += [f"the report is no JSON: {error}"] + errors
            return case
        if isinstance(report, dict) and "domains" in report:
            case.reports.append(report)
            findings = finding_lines(report)
            for fault in validator(report):
                case.faults.append(f"schema: {fault}")
            if "report.json" in case.files:
                case.faults += part_of(json.loads(case.read("report.json")), report)
    elif set(want_status) & {0, 1, 3}:
        case.faults += ["no report on standard output"] + errors
    if rewrite:
        update(case, findings, case.status in want_status)
    else:
        if case.status not in want_status:
            case.faults += [f"exit status {case.status}, expected {' or '.join(map(str, want_status))}"] + errors
        if "findings" in case.files:
            want = sorted(case.lines("findings"))
            if want != (findings or []):
                case.faults += difference(want, findings or [], "findings")
    if "text" in case.files:
        check_text(case, binary)
    return case


def schema_validator(path):
    """A function from a report to a list of faults; without a schema file everything is valid."""
    if not path or not os.path.exists(path):
        return lambda report: []
    import jsonschema
    with open(path, encoding="utf-8") as f:
        schema = json.load(f)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    checker = kind(schema)
    return lambda report: [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}"
                           for e in sorted(checker.iter_errors(report), key=lambda e: list(map(str, e.absolute_path)))]


def default_schema():
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../data/schema/report.json")


def run_all(binary, folders, schema, jobs=2, rewrite=False):
    validator = schema_validator(schema)
    cases = [Case(folder) for folder in case_folders(folders)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda case: run_case(case, binary, validator, rewrite), cases))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="rewrite findings and status")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--schema", default=default_schema())
    parser.add_argument("--wrap", default="", help="command to run the binary under, such as valgrind")
    parser.add_argument("--limit", type=int, help="run only so many cases of each folder")
    parser.add_argument("binary")
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()
    WRAP.extend(shlex.split(options.wrap))
    folders = options.folders
    if options.limit:
        folders = [case for folder in folders for case in case_folders([folder])[:options.limit]]
    cases = run_all(os.path.abspath(options.binary), folders, options.schema, options.jobs, options.update)
    failed = [case for case in cases if case.faults]
    for case in failed:
        print(f"FAIL {case.folder}")
        for line in case.faults:
            print(f"    {line}")
    print(f"{len(cases) - len(failed)} of {len(cases)} cases pass")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
