#!/usr/bin/python3
"""Recount the figures of docs/robustness.md, and the ceilings of all pages, from the tree itself.

usage: robustness.py [--check] [BUILD]

In the page a figure stands as <!--NAME-->17<!---->, or as <!--NAME-->more than 140<!---->, which --check lets grow. The table of
ceilings is made of the constants of the source. A row of any page that ends in a constant, "| ... | value | `DC_..._MAX` |", must give the constant's value. --check writes nothing and fails when something is not so;
without BUILD the tests of the suite are not counted.
"""

import ast
import importlib
import json
import operator
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = HERE / "robustness.md"
FIGURE = re.compile(r"<!--([a-z-]+)-->(more than )?([0-9,]+)<!---->")
TABLE = re.compile(r"(<!--ceilings-->\n)(.*?)(<!---->\n)", re.S)
ROW = re.compile(r"^\|.*\|\s*([^|]+?)\s*\|\s*`([A-Z][A-Z0-9_]+)`\s*\|$", re.M)

# Constant, its unit, what it bounds. The reasons stand beside the constants.
CEILINGS = {
    "One domain": [
        ("DC_ROUNDS_MAX", "", "rounds of questions, each waiting for the one before"),
        ("DC_QUESTIONS_MAX", "", "questions"),
        ("DC_AUDIT_OCTETS_MAX", "octets", "answers"),
        ("DC_AUDIT_MEMORY_MAX", "octets", "memory for facts and findings"),
        ("DC_AUDIT_TIME_MAX_MS", "ms", "time, live"),
        ("DC_AUDIT_WORK_MAX_MS", "ms", "CPU time, live"),
    ],
    "SPF": [
        ("DC_SPF_NODES_MAX", "", "records walked"), ("DC_SPF_DEPTH_MAX", "", "records inside records"),
        ("DC_SPF_ASKS_MAX", "", "questions of the walk"), ("DC_SPF_USES_MAX", "", "terms walked, over all records"),
        ("DC_SPF_TERMS_MAX", "", "terms read of one record"), ("DC_SPF_EXPANSION_MAX", "octets", "a name with its macros expanded"),
    ],
    "Other records": [
        ("DC_DMARC_WALK_MAX", "", "questions of a DMARC tree walk"), ("DC_DMARC_URI_MAX", "", "report addresses kept of one list"),
        ("DC_MX_HOST_MAX", "", "mail exchangers looked at"), ("DC_MX_HOST_IP_MAX", "", "addresses kept of one host"),
        ("DC_DKIM_RECORDS_MAX", "", "TXT records read at one selector"), ("DC_DKIM_CNAMES_MAX", "", "aliases on the way to a key"),
        ("DC_DKIM_TEST_BITS_MAX", "bits", "keys tested for weaknesses; larger ones are measured"),
        ("DC_PTR_NAME_MAX", "", "names of one address that are confirmed"), ("DC_SENDER_MAX", "", "sending addresses looked at"),
        ("DC_AUTHORITY_SERVER_MAX", "", "addresses of name servers asked"), ("DC_CAA_CLIMB_MAX", "", "names asked for CAA"),
    ],
    "From the network": [
        ("DC_PACKET_RR_MAX", "", "records of one answer"), ("DC_PACKET_CNAME_MAX", "", "aliases in one answer"),
        ("DC_HTTPS_BODY_MAX", "octets", "anything fetched over HTTPS"), ("DC_BIMI_SVG_MAX", "octets", "a logo, unpacked"),
        ("DC_DIALOGUE_MAX", "octets", "kept of one SMTP dialogue"), ("DC_DIALOGUE_REPLY_MAX", "", "lines of one SMTP reply"),
    ],
    "The receivers' worker": [
        ("DC_SANDBOX_MEMORY_MAX", "octets", "memory beyond what it is born with"),
        ("DC_RECEIVER_LOOKUPS_MAX", "", "questions of one evaluation by libspf2"),
        ("DC_RECEIVER_SIGNATURES_MAX", "", "DKIM signatures of one message that are verified"),
        ("DC_RECEIVER_MESSAGE_MAX", "octets", "a message"), ("DC_RECEIVER_RESULT_MAX", "octets", "a result"),
    ],
    "Files": [
        ("DC_ZONE_FILE_MAX", "octets", "a zone file"), ("DC_ZONE_RECORDS_MAX", "", "records in all zone files"),
        ("DC_RECORDING_FILE_MAX", "octets", "a recording"), ("DC_RECORDING_LINE_MAX", "octets", "a line of it"),
        ("DC_MANIFEST_OCTETS_MAX", "octets", "a manifest"), ("DC_YAML_DEPTH_MAX", "", "nesting of a manifest"),
        ("DC_SCAN_REPORT_MAX", "octets", "a report that is read back"), ("DC_SCAN_DOMAIN_MAX", "octets", "a domain in it"),
        ("DC_DIFF_MEMORY_MAX", "octets", "memory for one report that is compared"),
    ],
}


def constants():
    """name -> value, of every constant in the enums of the source."""
    texts = {}
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for body in re.findall(r"\benum\b[^{;()]*\{([^}]*)\}", text):
            for name, value in re.findall(r"\b([A-Z][A-Z0-9_]*)\s*=\s*([^,]+)", body):
                texts.setdefault(name, value.strip())
    return texts


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.LShift: operator.lshift}


def value_of(name, texts):
    def of(node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return value_of(node.id, texts)
        return OPERATORS[type(node.op)](of(node.left), of(node.right))
    return of(ast.parse(texts[name], mode="eval").body)


def shown(value, unit):
    if unit == "octets":
        for size, word in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
            if value % size == 0:
                return f"{value // size:,} {word}"
        return f"{value:,} octets"
    if unit == "ms":
        return f"{value // 1000:,} s"
    return f"{value:,} {unit}".strip()


def table(texts):
    lines = ["| what | at most | constant |", "| --- | --- | --- |"]
    for group, rows in CEILINGS.items():
        lines.append(f"| **{group}** | | |")
        lines += [f"| {what} | {shown(value_of(name, texts), unit)} | `{name}` |" for name, unit, what in rows]
    return "\n".join(lines) + "\n"


def count_files(pattern):
    return sum(1 for path in ROOT.glob(pattern) if path.is_file())


def count_text(pattern, *globs):
    return sum(len(re.findall(pattern, path.read_text(encoding="utf-8", errors="replace"), re.M)) for g in globs for path in ROOT.glob(g))


def rows_of_defects():
    sys.path.insert(0, str(ROOT / "tests/defects"))
    return sum(len(rows) for name in ("spf", "keys", "messages") for rows in importlib.import_module(name).ROWS.values())


def tests_of(build):
    done = subprocess.run(["meson", "introspect", "--tests", build], capture_output=True, check=True)
    return len(json.loads(done.stdout))


COUNTS = {
    "unit-functions": lambda: count_text(r"\bcmocka_unit_test\w*\(", "tests/**/*.c"),
    "cases": lambda: count_files("tests/cases/**/findings"),
    "findings": lambda: count_text(r"^\[[a-z0-9-]+\]$", "data/catalogue/*.toml"),
    "defects": rows_of_defects,
    "libspf-cases": lambda: count_text(r"^[a-z0-9-]+ \S+$", "tests/conformance/libspf2.txt"),
    "libspf-causes": lambda: count_text(r"^= ", "tests/conformance/libspf2.txt"),
    "fuzzers": lambda: count_files("tests/fuzz/fuzz_*.c"),
    "corpus": lambda: count_files("tests/fuzz/corpus/*/*") + count_files("tests/fuzz/crashes/*/*"),
    "deeds": lambda: count_text(r'^\ttell\("', "tests/faults/intruder.c"),
    "payloads": lambda: count_text(r'^    "\w+": (?:r"|"\\)', "tests/e2e/test_hostile_output.py"),
    "hostile-servers": lambda: len(re.search(r"^HOSTILE = \(([^)]*)\)", (ROOT / "tests/e2e/test_hostile_live.py").read_text(), re.M)[1].split(",")),
    "waivers": lambda: count_text(r"NOLINT", "src/**/*.[ch]", "include/**/*.h"),
    "scenarios": lambda: count_text(r'^        "[a-z-]+": \(', "tests/faults/test_nomem.py"),
}


def stated(have):
    """Two digits of it, rounded down."""
    step = 10 ** max(len(str(have)) - 2, 0)
    return (have - 1) // step * step


def main():
    check = "--check" in sys.argv
    build = next((a for a in sys.argv[1:] if a != "--check"), None)
    if build:
        COUNTS["tests"] = lambda: tests_of(build)
    text, texts, faults, seen = PAGE.read_text(encoding="utf-8"), constants(), [], set()

    def figure(found):
        name, more, number = found[1], found[2], int(found[3].replace(",", ""))
        seen.add(name)
        if name == "tests" and not build:
            return found[0]
        have = COUNTS[name]()
        if number == have or more and number == stated(have) or more and check and number < have:
            return found[0]
        faults.append(f"{name}: {more or ''}{number:,} are stated, {have:,} are there")
        return f"<!--{name}-->{more}{stated(have):,}<!---->" if more else f"<!--{name}-->{have:,}<!---->"

    new = FIGURE.sub(figure, text)
    faults += [f"{name}: not in the page" for name in sorted(set(COUNTS) - seen)]
    if not TABLE.search(new):
        faults.append("no table of ceilings")
    new = TABLE.sub(lambda found: found[1] + table(texts) + found[3], new)
    if new != text and not faults:
        faults.append("the table of ceilings is not that of the source")
    for page in sorted(HERE.glob("*.md")):
        for value, name in ROW.findall(new if page == PAGE else page.read_text(encoding="utf-8")):
            if name not in texts:
                faults.append(f"{page.name}: no constant {name}")
            elif not any(value.startswith(shown(value_of(name, texts), unit)) for unit in ("", "octets", "ms")):
                faults.append(f"{page.name}: {name} is {value_of(name, texts):,}, not {value}")
    if not check and new != text:
        PAGE.write_text(new, encoding="utf-8")
    for fault in faults:
        print(f"{'' if check else 'was: '}{fault}")
    print(f"{len(faults)} faults" + (": run docs/robustness.py" if check and faults else ""))
    return 1 if check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
