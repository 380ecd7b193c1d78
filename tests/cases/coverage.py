#!/usr/bin/python3
"""Every finding of the catalogue has a case, and every check has one where it passes, one where it warns or fails and one
where it is inconclusive.

usage: coverage.py BINARY SOURCE_ROOT [CASES...]

All cases are run, and must hold. What cannot be shown by a case stands in tests/cases/exceptions.toml with the test that shows it instead.
"""

import os
import sys
import tomllib

import run

BAD = {"warn", "fail"}


def load(path):
    with open(path, "rb") as f:
        return tomllib.load(f)


def catalogue(root):
    rows = {}
    folder = os.path.join(root, "data/catalogue")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".toml"):
            rows.update(load(os.path.join(folder, name)))
    return rows


def seen_in(cases):
    """Slugs that the cases expect, and the verdicts each check was seen with."""
    slugs, verdicts = {}, {}
    for case in cases:
        if "findings" in case.files:
            for line in case.lines("findings"):
                slugs.setdefault(line.split()[1], []).append(case.folder)
        for report in case.reports:
            for domain in report["domains"]:
                for check in domain["checks"]:
                    verdicts.setdefault(check["id"], set()).add(check["verdict"])
    return slugs, verdicts


def check_slugs(rows, slugs, excepted):
    faults = [f"{slug}: no case expects it" for slug in rows if slug not in slugs and slug not in excepted]
    faults += [f"{slug}: expected by {where[0]} but in no catalogue" for slug, where in slugs.items() if slug not in rows]
    faults += [f"{slug}: excepted, but a case expects it" for slug in excepted if slug in slugs]
    faults += [f"{slug}: excepted but not in the catalogue" for slug in excepted if slug not in rows]
    return faults


def check_verdicts(rows, verdicts, excepted):
    """A check whose rows all say "inconclusive" cannot fail; one without such a row cannot be inconclusive."""
    can_fail = {row["check"] for row in rows.values() if not row.get("inconclusive")}
    can_doubt = {row["check"] for row in rows.values() if row.get("inconclusive")}
    faults = [f"{row['check']}: in the catalogue but in no report" for row in rows.values() if row["check"] not in verdicts]
    faults = sorted(set(faults))
    for check, seen in sorted(verdicts.items()):
        waived = excepted.get(check, {})
        if "pass" not in seen and "pass" not in waived:
            faults.append(f"{check}: no case where it passes")
        if check in can_fail and not seen & BAD and "fail" not in waived:
            faults.append(f"{check}: no case where it warns or fails")
        if check in can_doubt and "inconclusive" not in seen and "inconclusive" not in waived:
            faults.append(f"{check}: no case where it is inconclusive")
        if check not in can_fail | can_doubt:
            faults.append(f"{check}: no row of the catalogue names it")
    return faults


def main():
    binary, root = os.path.abspath(sys.argv[1]), sys.argv[2]
    here = os.path.join(root, "tests/cases")
    excepted = load(os.path.join(here, "exceptions.toml"))
    rows = catalogue(root)
    cases = run.run_all(binary, sys.argv[3:] or [here], None)
    slugs, verdicts = seen_in(cases)
    faults = [f"{os.path.relpath(case.folder, here)}: {fault}" for case in cases for fault in case.faults]
    faults += check_slugs(rows, slugs, excepted.get("findings", {})) + \
        check_verdicts(rows, verdicts, excepted.get("checks", {}))
    print("\n".join(faults + [f"{len(rows)} findings, {len(verdicts)} checks, {len(cases)} cases, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
