#!/usr/bin/python3
"""Make catalogue.gen.h and catalogue.gen.c from data/catalogue/*.toml (see the README there).

usage: catalogue.py CATALOGUE_DIR OUT_H OUT_C [DEPFILE]

Files are read in the order of their names, rows in the order of the file: the same input gives the same output.
Whatever is wrong with the catalogue is reported at once, all of it, and nothing is written.
"""

import pathlib
import re
import sys
import tomllib

CHECK = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+\Z")
ARGUMENT = re.compile(r"[a-z][a-z0-9_]*\Z")
# "%{" starts an SPF macro and stands for itself.
PLACEHOLDER = re.compile(r"(?<!%)\{([^{}]*)\}")
SEVERITIES = {"error": "DC_SEVERITY_ERROR", "warning": "DC_SEVERITY_WARNING", "notice": "DC_SEVERITY_NOTICE"}
TEXTS = ("check", "severity", "message", "why", "fix")
LISTS = ("references", "args")
KEYS = {*TEXTS, *LISTS, "inconclusive"}
UNANSWERED = {"question", "server", "outcome"}
MESSAGE_MAX = 160  # one line


def text_problems(key, text):
    """Yield what is wrong with one text of a row."""
    if not text:
        yield f"{key} is empty"
    odd = sorted({c for c in text if not " " <= c <= "~"})
    if odd:
        yield f"{key} holds {', '.join(ascii(c) for c in odd)}: printable ASCII only"


def row_problems(slug, row):
    """Yield what is wrong with one row; its texts are already on one line."""
    if not SLUG.match(slug):
        yield "a slug is lower-case words joined by hyphens, the protocol first"
    for key in sorted(set(row) - KEYS):
        yield f"unknown key {key!r}"
    for key in TEXTS:
        if not isinstance(row.get(key), str):
            yield f"{key} must be a string"
        else:
            yield from text_problems(key, row[key])
    for key in LISTS:
        if not isinstance(row.get(key, []), list) or not all(isinstance(x, str) for x in row.get(key, [])):
            yield f"{key} must be a list of strings"
            return
        for item in row.get(key, []):
            yield from text_problems(key, item)
        if len(set(row.get(key, []))) != len(row.get(key, [])):
            yield f"{key} names something twice"
    if not row.get("references"):
        yield "references must name the standard or the source"
    if row.get("severity") not in SEVERITIES:
        yield f"severity must be one of {', '.join(SEVERITIES)}"
    if isinstance(row.get("check"), str) and not CHECK.match(row["check"]):
        yield "check must be the id of a check"
    if not isinstance(row.get("inconclusive", False), bool):
        yield "inconclusive must be true or false"
    args = row.get("args", [])
    for name in args:
        if not ARGUMENT.match(name):
            yield f"argument {name!r} is no name"
    for key in ("message", "why", "fix"):
        if not isinstance(row.get(key), str):
            continue
        for name in PLACEHOLDER.findall(row[key]):
            if key == "why":
                yield f"why holds {{{name}}}: it must be true of every such finding"
            elif name not in args:
                yield f"{key} uses {{{name}}}, which is not in args"
        if re.search(r"(?<!%)[{}]", re.sub(r"%\{[^{}]*\}", "", PLACEHOLDER.sub("", row[key]))):
            yield f"{key} holds a lone brace"
    if isinstance(row.get("message"), str):
        if len(row["message"]) > MESSAGE_MAX:
            yield f"message is longer than {MESSAGE_MAX} characters"
        if row["message"].endswith("."):
            yield "message ends with a full stop"
    given = UNANSWERED & set(args)
    if row.get("inconclusive") is True and given and given != UNANSWERED:
        yield "an inconclusive row has all of question, server and outcome in args, or none"


def load(folder):
    """Return (rows, problems, files); rows: list of (slug, row) in a stable order."""
    rows, problems, home = [], [], {}
    files = sorted(folder.glob("*.toml"), key=lambda path: path.name)
    for path in files:
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path}: {error}")
            continue
        for slug, row in tables.items():
            if not isinstance(row, dict):
                problems.append(f"{path}: {slug} must be a table")
                continue
            row = {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in row.items()}
            problems += [f"{path}: [{slug}]: {problem}" for problem in row_problems(slug, row)]
            if slug in home:
                problems.append(f"{path}: [{slug}] is in {home[slug].name} too")
            home[slug] = path
            rows.append((slug, row))
    if not rows and not problems:
        problems.append(f"{folder}: no catalogue file")
    return rows, problems, files


def enumerator(slug):
    return "DC_F_" + slug.upper().replace("-", "_")


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '"'


def strings(items):
    return "(const char *const[]){" + "".join(quote(item) + ", " for item in items) + "NULL}"


def header(rows):
    lines = ["/* Made from data/catalogue/ by catalogue.py. */", "#ifndef DC_FINDINGS_CATALOGUE_GEN_H",
             "#define DC_FINDINGS_CATALOGUE_GEN_H", "", "enum dc_finding_id {"]
    lines += [f"\t{enumerator(slug)}," for slug, _ in rows]
    lines += ["\tDC_F_COUNT", "};", "", "#endif", ""]
    return "\n".join(lines)


def source(rows):
    lines = ["/* Made from data/catalogue/ by catalogue.py. */", '#include "findings/catalogue.h"', "",
             "const struct dc_catalogue_row dc_catalogue_rows[DC_F_COUNT] = {"]
    for slug, row in rows:
        lines += [f"\t[{enumerator(slug)}] = {{",
                  f"\t\t.slug = {quote(slug)},",
                  f"\t\t.check = {quote(row['check'])},",
                  f"\t\t.severity = {SEVERITIES[row['severity']]},",
                  f"\t\t.inconclusive = {'true' if row.get('inconclusive') else 'false'},",
                  f"\t\t.message = {quote(row['message'])},",
                  f"\t\t.why = {quote(row['why'])},",
                  f"\t\t.fix = {quote(row['fix'])},",
                  f"\t\t.references = {strings(row['references'])},",
                  f"\t\t.args = {strings(row.get('args', []))},",
                  "\t},"]
    lines += ["};", ""]
    return "\n".join(lines)


def write(path, text):
    """Leave a file alone that would not change: nothing is compiled again for it."""
    if not path.exists() or path.read_text("ascii") != text:
        path.write_text(text, "ascii")


def main(arguments):
    if len(arguments) not in (3, 4):
        sys.exit(__doc__.split("\n\n")[1])
    folder, out_h, out_c = (pathlib.Path(a) for a in arguments[:3])
    rows, problems, files = load(folder)
    if problems:
        sys.exit("\n".join(problems))
    write(out_h, header(rows))
    write(out_c, source(rows))
    if len(arguments) == 4:  # the folder itself: a file that is added counts too
        inputs = " ".join(str(path).replace(" ", "\\ ") for path in [folder, *files])
        pathlib.Path(arguments[3]).write_text(f"{out_h}: {inputs}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
