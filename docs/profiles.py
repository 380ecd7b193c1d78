#!/usr/bin/python3
"""Write docs/profiles.md from data/profiles/.

usage: profiles.py [--check]

--check writes nothing and fails when the page is not what it should be.
"""

import json
import pathlib
import sys

from checks import escaped, wrapped

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent / "data" / "profiles"
PAGE = HERE / "profiles.md"

HEAD = """<!-- Made by docs/profiles.py from data/profiles/. -->
# Profiles

What receivers and public bodies require of a domain that sends mail, and how domaincheck proves it. `--profile
google-bulk,microsoft` gives one verdict a profile; [gate.md](gate.md) tells how that decides a run. `domaincheck profiles`
prints the same data.

A *must* that is broken fails the profile, a *should* warns. A must always rests on a text that was read; what is known at
second hand or in general is a should at most. Under *cannot be seen* stands what is asked for and no look at DNS can show:
a profile that passes says nothing about it.
"""

BASIS = {"read": "", "second-hand": "; at second hand", "general": "; general knowledge"}


def code(items):
    return ", ".join(f"`{item}`" for item in items)


def linked(source):
    return f"<{source}>" if source.startswith("http") else escaped(source)


def proof_text(proof):
    parts = []
    checks = proof.get("checks", []) + proof.get("told_by", [])
    if checks:
        parts.append("checked by " + ", ".join(f"[{check}](checks/{check}.md)" for check in checks))
    if proof.get("present"):
        parts.append("must be published: " + code(proof["present"]))
    breaks = [item for item in proof.get("breaks", ["error"] if checks else [])]
    named = [item for item in breaks if item.rpartition(":")[2] not in ("error", "warning", "notice")]
    graded = [item for item in breaks if item not in named]
    if named:
        parts.append("broken by " + code(named))
    if graded == ["error"]:
        parts.append("broken by every error of these checks")
    elif graded:
        parts.append("broken by every error of " + code(item.rpartition(":")[0] for item in graded))
    return "; ".join(parts)


def requirement_text(row):
    ways = row.get("any_of", [row])
    lines = [f"- **{row['grade']}** `{row['id']}`: {escaped(row['text'])} ({linked(row['source'])}{BASIS[row['basis']]})."]
    lines += [("  Either " if len(ways) > 1 and i == 0 else "  or " if i else "  ") + proof_text(way)
              + (";" if i + 1 < len(ways) else ".") for i, way in enumerate(ways)]
    return "\n".join(wrapped(line.strip()).replace("\n", "\n  ") if i == 0 else "  " + wrapped(line.strip(), 118).replace("\n", "\n  ")
                     for i, line in enumerate(lines))


def section(profile):
    parts = [f"## {profile['id']}", wrapped(f"{escaped(profile['title'])}. {escaped(profile['about'])}"),
             wrapped(f"Version {profile['version']}, sources read {profile['date']}: "
                     + ", ".join(map(linked, profile["sources"])) + ".")]
    if isinstance(profile["requirements"], str):
        parts.append("Every check is a requirement: see [checks](checks/README.md).")
    else:
        parts.append("\n".join(map(requirement_text, profile["requirements"])))
    if profile["not_checkable"]:
        parts.append("Cannot be seen:")
        parts.append("\n".join(wrapped(f"- {escaped(row['text'])}: {escaped(row['why'])}.").replace("\n", "\n  ")
                               for row in profile["not_checkable"]))
    return "\n\n".join(parts)


def main():
    files = sorted(FOLDER.glob("*.json"), key=lambda path: (path.stem != "baseline", path.stem))
    text = HEAD + "\n" + "\n\n".join(section(json.loads(path.read_text("utf-8"))) for path in files) + "\n"
    if sys.argv[1:] == ["--check"]:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            sys.exit("docs/profiles.md is not what data/profiles/ says: run docs/profiles.py")
    else:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
