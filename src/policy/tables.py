#!/usr/bin/python3
"""Make profile.gen.h from data/profiles/*.json (see the README there).

usage: tables.py PROFILES_DIR CATALOGUE_DIR OUT [DEPFILE]

Whatever is wrong with the profiles is reported at once, all of it, and nothing is written: an unknown check or finding, a
finding that none of the named checks emits, a must that rests on hearsay.
"""

import datetime
import difflib
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "findings"))
import catalogue  # noqa: E402

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
KEYS = {"id": str, "title": str, "version": str, "date": str, "about": str, "sources": list, "requirements": (list, str),
        "not_checkable": list, "parked": bool}
REQUIREMENT_KEYS = {"id": str, "text": str, "source": str, "grade": str, "basis": str, "checks": list, "breaks": list,
                    "told_by": list, "present": list, "any_of": list}
PROOF_KEYS = {"checks": list, "told_by": list, "breaks": list, "present": list}
PRESENCE = ("dane", "dkim", "domainkey", "mta-sts")  # what present.c knows of
BLIND_KEYS = {"id": str, "text": str, "why": str, "source": str}
OPTIONAL = {"parked", "breaks", "checks", "told_by", "present", "any_of"}
GRADES = ("must", "should")
BASES = ("read", "second-hand", "general")  # the primary text (or a copy of it); a page that quotes it; neither
RANK = {"notice": 1, "warning": 2, "error": 3}
EACH_CHECK = "every check"


def near(name, names):
    found = difflib.get_close_matches(name, names, 1)
    return f": did you mean {found[0]}?" if found else ""


def shape_problems(row, keys):
    """Yield what is wrong with the keys of an object, and with the texts in it."""
    if not isinstance(row, dict):
        yield "must be an object"
        return
    for key in sorted(set(row) - set(keys)):
        yield f"unknown key {key!r}{near(key, keys)}"
    for key, kind in keys.items():
        if key not in row:
            if key not in OPTIONAL:
                yield f"{key} is missing"
        elif not isinstance(row[key], kind):
            yield f"{key} is of the wrong type"
        elif isinstance(row[key], str):
            yield from catalogue.text_problems(key, row[key])
    if "id" in row and isinstance(row["id"], str) and not ID.match(row["id"]):
        yield "id must be lower-case words joined by hyphens"


def proofs_of(requirement):
    """The ways to meet it."""
    return requirement.get("any_of", [requirement])


def breaking(proof, rows):
    """Slugs that break it, in the order of the catalogue: those named, and those of its checks at a severity or above."""
    least = {}  # by check
    breaks = proof.get("breaks", ["error"])
    for item in breaks:
        check, _, severity = item.rpartition(":")
        if severity in RANK:
            least.update({name: RANK[severity] for name in proof.get("checks", []) if name == (check or name)})
    return [slug for slug, row in rows
            if slug in breaks or (not row.get("inconclusive") and RANK[row["severity"]] >= least.get(row["check"], 9))]


def proof_problems(proof, rows):
    of = dict(rows)
    checks = sorted({row["check"] for _, row in rows})
    for check in proof.get("checks", []) + proof.get("told_by", []):
        if check not in checks:
            yield f"there is no check {check!r}{near(check, checks)}"
    for slug in proof.get("breaks", []):
        check, _, severity = slug.rpartition(":")
        if severity in RANK:
            if check and check not in proof.get("checks", []):
                yield f"{slug}: {check} is not among the checks"
            continue
        if slug not in of:
            yield f"there is no finding {slug!r}{near(slug, list(of))}"
        elif of[slug]["check"] not in proof.get("checks", []) + proof.get("told_by", []):
            yield f"{slug} is a finding of {of[slug]['check']}, which is not among the checks"
        elif of[slug].get("inconclusive"):
            yield f"{slug} says what could not be determined: it breaks nothing"
    for name in proof.get("present", []):
        if name not in PRESENCE:
            yield f"present: {name!r} is none of {', '.join(PRESENCE)}"
    if not breaking(proof, rows) and not proof.get("present"):
        yield "nothing can break it"


def requirement_problems(requirement, rows):
    problems = list(shape_problems(requirement, REQUIREMENT_KEYS))
    for proof in requirement.get("any_of", []) if not problems else []:
        problems += shape_problems(proof, PROOF_KEYS)
    if not problems and ("any_of" in requirement) == ("checks" in requirement or "told_by" in requirement
                                                              or "present" in requirement):
        problems.append("either checks (or present) or any_of, not both and not neither")
    yield from problems
    if problems:
        return
    if requirement["grade"] not in GRADES:
        yield f"grade must be one of {', '.join(GRADES)}"
    if requirement["basis"] not in BASES:
        yield f"basis must be one of {', '.join(BASES)}"
    elif requirement["grade"] == "must" and requirement["basis"] != "read":
        yield "a must rests on a text that was read, nothing less"
    for proof in proofs_of(requirement):
        yield from proof_problems(proof, rows)


def profile_problems(path, profile, rows):
    problems = list(shape_problems(profile, KEYS))
    yield from problems
    if problems:
        return
    if profile["id"] != path.stem:
        yield f"id is {profile['id']}, the file {path.name}"
    try:
        datetime.date.fromisoformat(profile["date"])
    except ValueError:
        yield "date is no date"
    if isinstance(profile["requirements"], str):
        if profile["requirements"] != EACH_CHECK:
            yield f"requirements must be a list, or {EACH_CHECK!r}"
    else:
        for requirement in profile["requirements"]:
            name = requirement.get("id", "?") if isinstance(requirement, dict) else "?"
            yield from (f"{name}: {problem}" for problem in requirement_problems(requirement, rows))
    for blind in profile["not_checkable"]:
        yield from (f"not_checkable: {problem}" for problem in shape_problems(blind, BLIND_KEYS))
    listed = profile["requirements"] if isinstance(profile["requirements"], list) else []
    ids = [row.get("id") for row in [*listed, *profile["not_checkable"]] if isinstance(row, dict)]
    for twice in sorted({str(i) for i in ids if ids.count(i) > 1}):
        yield f"{twice} is there twice"


def load(folder, rows):
    """Return (profiles, problems, files): the baseline first, then by name."""
    profiles, problems = [], []
    files = sorted(folder.glob("*.json"), key=lambda path: (path.stem != "baseline", path.stem))
    for path in files:
        try:
            profile = json.loads(path.read_text("utf-8"))
        except (ValueError, UnicodeDecodeError) as error:
            problems.append(f"{path}: {error}")
            continue
        problems += [f"{path}: {problem}" for problem in profile_problems(path, profile, rows)]
        profiles.append(profile)
    if not any(path.stem == "baseline" for path in files):
        problems.append(f"{folder}: no baseline.json")
    return profiles, problems, files


def slug_symbols(slugs):
    return "(const enum dc_finding_id[]){" + ", ".join(catalogue.enumerator(slug) for slug in slugs) + "}"


def table(profiles, rows):
    q, strings = catalogue.quote, catalogue.strings
    lines = ["/* Made from data/profiles/ by tables.py. */"]
    for n, profile in enumerate(profiles):
        if isinstance(profile["requirements"], str):
            continue
        lines.append(f"static const struct dc_requirement requirements_{n}[] = {{")
        for item in profile["requirements"]:
            proofs = [f"{{{strings(proof.get('checks', []))}, {strings(proof.get('told_by', []))}, {slug_symbols(breaking(proof, rows))}, {len(breaking(proof, rows))}, "
                      f"{strings(proof.get('present', []))}}}"
                      for proof in proofs_of(item)]
            lines += [f"\t{{{q(item['id'])}, {q(item['text'])}, {q(item['source'])},",
                      f"\t {'true' if item['grade'] == 'must' else 'false'},",
                      "\t (const struct dc_proof[]){" + ",\n\t\t".join(proofs) + f"}}, {len(proofs)}}},"]
        lines.append("};")
    lines.append("static const struct dc_profile profiles[] = {")
    for n, profile in enumerate(profiles):
        every = isinstance(profile["requirements"], str)
        blind = [f"{row['text']} ({row['why']})" for row in profile["not_checkable"]]
        lines += [f"\t{{.id = {q(profile['id'])}, .title = {q(profile['title'])}, .version = {q(profile['version'])},",
                  f"\t .date = {q(profile['date'])}, .about = {q(profile['about'])},",
                  f"\t .sources = {strings(profile['sources'])},",
                  f"\t .each_check = {'true' if every else 'false'}, "
                  f".parked = {'true' if profile.get('parked') else 'false'},",
                  f"\t .requirements = {'NULL' if every else f'requirements_{n}'}, "
                  f".requirement_count = {0 if every else len(profile['requirements'])},",
                  f"\t .not_checkable = {strings(blind)}}},"]
    lines += ["};", ""]
    return "\n".join(lines)


def main(arguments):
    if len(arguments) not in (3, 4):
        sys.exit(__doc__.split("\n\n")[1])
    folder, rows_of, out = (pathlib.Path(a) for a in arguments[:3])
    rows, problems, row_files = catalogue.load(rows_of)
    if not problems:
        profiles, problems, files = load(folder, rows)
    if problems:
        sys.exit("\n".join(problems))
    catalogue.write(out, table(profiles, rows))
    if len(arguments) == 4:
        inputs = " ".join(str(path).replace(" ", "\\ ") for path in [folder, rows_of, *files, *row_files])
        pathlib.Path(arguments[3]).write_text(f"{out}: {inputs}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
