#!/usr/bin/python3
"""Turn data/providers.json or data/selectors.json into static C tables: tables.py providers|selectors IN OUT."""

import json
import re
import sys

KINDS = {"mailbox", "gateway", "forwarding", "transactional", "marketing", "saas", "relay", "hosting", "outreach"}
KEYS = {"id", "name", "kind", "spf", "mx", "cname", "selectors", "shared_selectors", "date_selectors",
        "opaque_selectors"}
NAME = re.compile(r"(\*\.|[a-z0-9_-]+\.)+[a-z0-9-]+")
SELECTOR = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
PATTERN = re.compile(r"([a-z0-9_-]|%[Yymd])+")


def fail(text):
    sys.exit("tables.py: " + text)


def quote(text):
    if not text.isprintable() or '"' in text or "\\" in text:
        fail("text that cannot stand in C: %r" % text)
    return '"%s"' % text


def check(what, values, form):
    for value in values:
        if not form.fullmatch(value):
            fail("%s: %r" % (what, value))
    if len(set(values)) != len(values):
        fail("%s: listed twice" % what)
    return values


def providers(data, out):
    seen, suffixes, rows = set(), {}, []
    for index, row in enumerate(data["providers"]):
        name = row["id"]
        if name in seen or row["kind"] not in KINDS or set(row) - KEYS:
            fail("%s: twice, or of an unknown kind, or with an unknown key" % name)
        seen.add(name)
        for by in ("mx", "spf", "cname"):
            for suffix in check("%s.%s" % (name, by), row.get(by, []), NAME):
                other = suffixes.setdefault((by, suffix), index)
                if other != index:
                    fail("%s: %s belongs to %s already" % (name, suffix, data["providers"][other]["id"]))
        own = check(name, row.get("selectors", []), SELECTOR)
        shared = check(name, row.get("shared_selectors", []), SELECTOR)
        dates = check(name, row.get("date_selectors", []), PATTERN)
        items = ["{%s, false, false}" % quote(s) for s in own]
        items += ["{%s, true, false}" % quote(s) for s in shared]
        items += ["{%s, false, true}" % quote(s) for s in dates]
        if items:
            out.write("static const struct dc_provider_selector selectors_%s[] = {\n\t%s,\n};\n"
                      % (name, ",\n\t".join(items)))
        rows.append("{%s, %s, %s, %s, %d, %s}" % (
            quote(name), quote(row["name"]), quote(row["kind"]), "selectors_" + name if items else "NULL",
            len(items), "true" if row.get("opaque_selectors") else "false"))
    out.write("static const struct dc_provider_row provider_rows[] = {\n\t%s,\n};\n" % ",\n\t".join(rows))
    # Most labels first: the first match is the longest.
    order = sorted(suffixes, key=lambda key: (-key[1].count("."), -len(key[1]), key))
    out.write("static const struct suffix suffixes[] = {\n")
    for by, suffix in order:
        out.write("\t{DC_PROVIDER_BY_%s, {%s, %d}, %d},\n" % (by.upper(), quote(suffix), len(suffix),
                                                             suffixes[by, suffix]))
    out.write("};\n")


def selectors(data, out):
    likely = check("likely", data["likely"], SELECTOR)
    common = check("common", data["common"], SELECTOR)
    dates = check("dates", data["dates"], PATTERN)
    if len(likely) > 16 or set(likely) & set(common):
        fail("more than 16 likely selectors, or some of them among the common ones")
    for name, values in (("likely", likely), ("common", common), ("date", dates)):
        out.write("static const char *const %s_selectors[] = {\n\t%s,\n};\n"
                  % (name, ",\n\t".join(quote(v) for v in values)))


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("providers", "selectors"):
        fail("usage: tables.py providers|selectors IN OUT")
    with open(sys.argv[2], encoding="utf-8") as file:
        data = json.load(file)
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write("/* Made from data/%s.json by the build. */\n" % sys.argv[1])
        (providers if sys.argv[1] == "providers" else selectors)(data, out)


if __name__ == "__main__":
    main()
