#!/usr/bin/python3
"""Write docs/checks/: a page a check and a list of all, from the registry and the catalogue as the program knows them.

usage: checks.py [--check] [BINARY]        (default: build/domaincheck)

--check writes nothing and fails when a page is not what it should be. Whatever stands in a page below the line
"<!-- by hand -->" is kept.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGES = HERE / "checks"
BY_HAND = "<!-- by hand -->\n"
HEAD = "<!-- Made by docs/checks.py; only what stands below the line \"by hand\" is kept. -->\n"
PROTOCOLS = {"mx": "MX", "spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "ptr": "Sending addresses", "dnssec": "DNSSEC",
             "dane": "DANE", "smtp": "Mail servers (--probe)", "blocklist": "Blocklists (--blocklists)", "mta": "MTA-STS", "tls": "TLS-RPT", "bimi": "BIMI", "caa": "CAA"}


def escaped(text):
    """Text as Markdown shows it literally; names made with {arguments} and quoted records become code."""
    parts = re.split(r'("[^"]*"|[\w.=@*:/_-]*\{[a-z_]+\}(?:[\w.=@*:/_{}-]*[\w}])?)', text)
    return "".join(f"`{part.strip(chr(34))}`" if i % 2 else re.sub(r"([\\`*_<>\[\]|])", r"\\\1", part)
                   for i, part in enumerate(parts))


def wrapped(text, width=120):
    lines, line = [], ""
    for word in re.findall(r"(?:`[^`]*`|\S)+", text):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def finding_text(row):
    kind = "not determined" if row["inconclusive"] else row["severity"]
    return "\n\n".join([
        f"## `{row['id']}`",
        wrapped(f"**{kind}**: {escaped(row['message'])}"),
        wrapped(escaped(row["why"])),
        wrapped(f"*To mend it:* {escaped(row['fix'])}"),
        wrapped(f"Source: {', '.join(map(escaped, row['references']))}."),
    ])


def page(check, rows):
    parts = [HEAD + f"# {check['id']}", wrapped(f"{escaped(check['title'])} ({escaped(check['standard'])}).")]
    parts += [finding_text(rows[slug]) for slug in check["findings"]]
    if not check["findings"]:
        parts.append("This check has no findings yet.")
    return "\n\n".join(parts) + "\n"


def index(checks):
    groups = {}
    for check in checks:
        groups.setdefault(PROTOCOLS.get(check["id"].split("-")[0], "Overall"), []).append(check)
    parts = [HEAD + "# Checks", wrapped(
        "What domaincheck looks at, in the order of its reports. `domaincheck checks` prints this list, `domaincheck "
        "explain SLUG` what a finding means and how to mend it. An error is a broken MUST of a standard, a warning a "
        "broken SHOULD, a notice is advice; \"not determined\" says that a question was not answered, never that "
        "something is missing.")]
    for title, members in groups.items():
        lines = [f"- [{check['id']}]({check['id']}.md): {escaped(check['title'])}" for check in members]
        parts.append(f"## {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def ask(binary, command):
    return json.loads(subprocess.run([binary, command, "-f", "json"], capture_output=True, check=True).stdout)


def pages(binary):
    """Return {name: generated text}."""
    checks = ask(binary, "checks")
    rows = {row["id"]: row for row in ask(binary, "explain")}
    known = {check["id"] for check in checks}
    for row in rows.values():
        if row["check"] not in known:
            sys.exit(f"{row['id']}: there is no check {row['check']}")
    return {"README.md": index(checks), **{f"{check['id']}.md": page(check, rows) for check in checks}}


def by_hand(path):
    text = path.read_text("utf-8") if path.exists() else ""
    return "\n" + BY_HAND + text.split(BY_HAND, 1)[1] if BY_HAND in text else ""


def main(arguments):
    only_look = "--check" in arguments
    arguments = [argument for argument in arguments if argument != "--check"]
    if len(arguments) > 1:
        sys.exit(__doc__.split("\n\n")[1])
    wanted = pages(arguments[0] if arguments else HERE.parent / "build" / "domaincheck")
    stale = [path for path in sorted(PAGES.glob("*.md")) if path.name not in wanted]
    changed = []
    for name, text in wanted.items():
        path = PAGES / name
        text += by_hand(path)
        if not path.exists() or path.read_text("utf-8") != text:
            changed.append(path)
            if not only_look:
                PAGES.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    for path in stale:
        if not only_look:
            path.unlink()
    if only_look and changed + stale:
        sys.exit("\n".join(f"{path.name} is out of date: run docs/checks.py" for path in changed + stale))
    print(f"{len(wanted)} pages, {len(changed)} changed, {len(stale)} stale")


if __name__ == "__main__":
    main(sys.argv[1:])
