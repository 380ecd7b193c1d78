#!/usr/bin/python3
"""Validate reports against data/schema/report.json with python3-jsonschema.

usage: validate.py [--schema FILE] REPORT...        ("-": standard input)

A report is one JSON document, or NDJSON: one domain object a line. Beyond the schema: no key twice, no number that is
neither an integer nor above 2^63, no octet outside printable ASCII. Every fault is printed; exit status 1 when there is one.
"""

import argparse
import json
import pathlib
import re
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "data" / "schema" / "report.json"


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key stands twice in {{{', '.join(keys)}}}")
    return dict(pairs)


def real(text):
    if float(text) < 2**63:
        raise ValueError(f"{text} is no integer")
    return float(text)


def load(text):
    return json.loads(text, object_pairs_hook=unique, parse_float=real)


class Validator:
    """One schema, two entrances: the document and the domain object."""

    def __init__(self, path=SCHEMA):
        schema = json.loads(pathlib.Path(path).read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        checker = jsonschema.FormatChecker(["ipv4", "ipv6"])
        domain = {key: value for key, value in schema.items() if key in ("$schema", "$id", "$defs")}
        domain["$ref"] = "#/$defs/domain"
        self.document = jsonschema.Draft202012Validator(schema, format_checker=checker)
        self.domain = jsonschema.Draft202012Validator(domain, format_checker=checker)

    @staticmethod
    def faults_of(validator, value, where):
        for error in sorted(validator.iter_errors(value), key=lambda e: list(map(str, e.absolute_path))):
            path = "/".join(map(str, error.absolute_path)) or "(top)"
            yield f"{where}: {path}: {error.message[:300]}"

    def faults(self, text, where):
        """Every fault of a report given as text."""
        if odd := re.search(r"[^\n\x20-\x7e]", text):
            yield f"{where}: holds {odd[0]!a}"
        try:
            value = load(text)
        except ValueError as error:
            lines = text.splitlines()
            if len(lines) < 2 and not text.endswith("}\n"):
                yield f"{where}: {error}"
                return
            for number, line in enumerate(lines, 1):
                try:
                    yield from self.faults_of(self.domain, load(line), f"{where}:{number}")
                except ValueError as fault:
                    yield f"{where}:{number}: {fault}"
            return
        is_document = isinstance(value, dict) and "schema" in value
        yield from self.faults_of(self.document if is_document else self.domain, value, where)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--schema", default=SCHEMA)
    parser.add_argument("report", nargs="+")
    options = parser.parse_args()
    validator = Validator(options.schema)
    faults = []
    for name in options.report:
        octets = sys.stdin.buffer.read() if name == "-" else pathlib.Path(name).read_bytes()
        try:
            faults += validator.faults(octets.decode("utf-8"), name)
        except UnicodeDecodeError as error:
            faults.append(f"{name}: {error}")
    print("\n".join(faults) or f"{len(options.report)} valid")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
