#!/usr/bin/python3
"""Turn data/blocklists.json into static C tables: tables.py IN OUT."""

import ipaddress
import json
import re
import sys

KEYS = {"id", "zone", "name", "kind", "weight", "ipv6", "public_resolvers", "bits", "codes", "errors", "test", "terms", "lookup"}
NAME = re.compile(r"([a-z0-9_-]+\.)*[a-z0-9-]+")


def fail(text):
    sys.exit("tables.py: " + text)


def quote(text):
    if not text.isascii() or not text.isprintable() or '"' in text or "\\" in text:
        fail(f"text that cannot stand in C: {text!r}")
    return f'"{text}"'


def code(row, text):
    """The last three octets: the first is 127 (RFC 5782 section 2.1)."""
    address = ipaddress.IPv4Address(text)
    if address not in ipaddress.IPv4Network("127.0.0.0/8"):
        fail(f"{row['id']}: {text} is no answer of a list")
    return int(address) & 0xffffff


def codes(row, key, name, out):
    if not row[key]:
        return "NULL, 0"
    items = [f"{{0x{code(row, item['code']):06x}, {quote(item['meaning'])}}}" for item in row[key]]
    if len({item["code"] for item in row[key]}) != len(items):
        fail(f"{row['id']}: a code twice")
    out.write(f"static const struct dc_blocklist_code {name}[] = {{\n\t" + ",\n\t".join(items) + ",\n};\n")
    return f"{name}, {len(items)}"


def test_name(row, which):
    text = row["test"][which]
    if row["kind"] == "ip":
        text = ".".join(reversed(str(ipaddress.IPv4Address(text)).split(".")))
    if not NAME.fullmatch(text):
        fail(f"{row['id']}: test point {text!r}")
    return quote(text)


def main():
    if len(sys.argv) != 3:
        fail("usage: tables.py IN OUT")
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    rows, seen = [], set()
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write("/* Made from data/blocklists.json by the build. */\n")
        for i, row in enumerate(data["lists"]):
            if set(row) != KEYS or row["kind"] not in ("ip", "domain") or row["weight"] not in ("major", "minor"):
                fail(f"{row.get('id')}: a key is missing or unknown, or of an unknown kind or weight")
            if row["zone"] in seen or row["id"] in seen or not NAME.fullmatch(row["zone"]):
                fail(f"{row['id']}: twice, or its zone is no name")
            seen |= {row["zone"], row["id"]}
            listed, errors = codes(row, "codes", f"codes_{i}", out), codes(row, "errors", f"errors_{i}", out)
            flags = ["true" if flag else "false" for flag in (row["kind"] == "domain", row["weight"] == "major", row["ipv6"],
                                                              row["public_resolvers"], row["bits"])]
            rows.append(f"{{{quote(row['id'])}, {quote(row['zone'])}, {quote(row['name'])}, {', '.join(flags)}, {listed}, {errors}, "
                        f"{test_name(row, 'listed')}, {test_name(row, 'clean')}, {quote(row['terms'])}, {quote(row['lookup'])}}}")
        out.write("static const struct dc_blocklist_row list_rows[] = {\n\t" + ",\n\t".join(rows) + ",\n};\n")
        out.write("static const struct public_resolver public_resolvers[] = {\n")
        for row in data["public_resolvers"]:
            out.write(f"\t{{{quote(str(ipaddress.ip_address(row['address'])))}, {quote(row['operator'])}}},\n")
        out.write("};\n")


if __name__ == "__main__":
    main()
