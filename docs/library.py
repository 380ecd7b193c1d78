#!/usr/bin/python3
"""libdomaincheck(3), made from the public header: its sections, declarations and comments.

usage: library.py HEADER [--check]        --check: mandoc must find nothing, and every function must be there
"""

import re
import subprocess
import sys
import textwrap

HEAD = """.\\" Made by docs/library.py from the public header.
.Dd November 21, 2026
.Dt LIBDOMAINCHECK 3
.Os
.Sh NAME
.Nm libdomaincheck
.Nd audit whether domains are fit to send mail
.Sh SYNOPSIS
.In domaincheck/domaincheck.h
.Pp
cc program.c $(pkg-config --cflags --libs domaincheck)
.Sh DESCRIPTION
"""
TAIL = """.Sh SEE ALSO
.Xr domaincheck 1 ,
.Xr domaincheck-report 5
"""


def escape(line):
    line = line.replace("\\", "\\e")
    return "\\&" + line if line[:1] in (".", "'") else line


def prose(comment):
    """Lines of mdoc: one sentence begins a line, indented parts stay as they are."""
    out, paragraph = [], []

    def flush():
        for sentence in re.split(r"(?<=[.!?:;]) (?=[A-Z\"*])|(?<=[.!?]) (?=\S)", " ".join(paragraph)):
            if sentence:
                out.extend(escape(line) for line in textwrap.wrap(sentence, 70, break_on_hyphens=False, break_long_words=False))
        paragraph.clear()
    literal = False
    for line in comment:
        indented = line.startswith("  ")
        if indented != literal:
            flush()
            out.append(".Bd -literal" if indented else ".Ed")
            literal = indented
        if literal:
            out.append(escape(line[2:]))
        elif line:
            paragraph.append(line)
        else:
            flush()
            out.append(".Pp")
    flush()
    if literal:
        out.append(".Ed")
    while out and out[-1] == ".Pp":
        out.pop()
    text = "\n".join(out)
    return re.sub(r"\.Pp\n(?=\.Bd)|(?<=\.Ed\n)\.Pp\n", "", text)


def comments(text):
    """[(kind, lines)]: "section", "comment", "code"."""
    parts, at = [], 0
    for match in re.finditer(r"^/\*(.*?)\*/$", text, re.M | re.S):
        parts.append(("code", text[at:match.start()]))
        body = [re.sub(r"^ \* ?", "", line) for line in match[1].strip(" ").split("\n")]
        section = re.fullmatch(r"---- (.*) ----", body[0].strip())
        parts.append(("section", section[1]) if section else ("comment", [line.rstrip() for line in body]))
        at = match.end()
    parts.append(("code", text[at:]))
    return parts


def declarations(code):
    """Functions, and whatever else is declared, without the preprocessor's part."""
    code = re.sub(r"^#.*$|^extern \"C\" \{$|^\}$", "", code, flags=re.M)
    for match in re.finditer(r"DC_PUBLIC (.*?);|((?:struct|enum|typedef)\b[^;{]*(?:\{.*?\n?\})?[^;{]*;[^\n]*)", code, re.S):
        yield ("function", " ".join(match[1].split())) if match[1] else ("type", match[2].strip())


def function(text):
    """Its line in the list, with its arguments."""
    kind, name, arguments = re.fullmatch(r"(.*?[ *])(\w+)\((.*)\)", text).groups()
    lines = [f'.Ft "{kind.strip()}"', f".Fo {name}"]
    lines += [f'.Fa "{argument.strip()}"' for argument in arguments.split(",")]
    return name, "\n".join([*lines, ".Fc"])


def page(text):
    out, names, pending, first = [HEAD.rstrip("\n")], [], None, True
    for kind, part in comments(text):
        if kind == "section":
            out.append(f".Ss {part[0].upper()}{part[1:]}")
            pending = None
        elif kind == "comment":
            pending = part
            if first:
                out.append(prose(part))
                pending, first = None, False
        else:
            block = []
            for what, declaration in declarations(part):
                if what == "type":
                    body = "\n".join(escape(line.replace("\t", "    ")) for line in declaration.split("\n"))
                    block.append(f".Bd -literal\n{body}\n.Ed")
                else:
                    name, lines = function(declaration)
                    names.append(name)
                    block.append(f".Pp\n{lines}")
            if block:
                out += block
                if pending:
                    out.append(".Bd -filled -offset indent\n" + prose(pending) + "\n.Ed")
                pending = None
    text = re.sub(r"(?<=\n)(\.Ss .*\n)\.Pp\n", r"\1", "\n".join(out))
    return text + "\n" + TAIL, names


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        header = f.read()
    text, names = page(header)
    if "--check" not in sys.argv:
        print(text, end="")
        return 0
    declared = set(re.findall(r"^DC_PUBLIC .*?\b(dc_\w+)\(", header, re.M))
    faults = [f"{name} is missing" for name in sorted(declared - set(names))]
    lint = subprocess.run(["mandoc", "-T", "lint"], input=text, capture_output=True, text=True, check=False).stdout
    faults += [line for line in lint.splitlines() if "referenced manual not found" not in line]
    print("\n".join([*faults, f"{len(names)} functions, {len(faults)} faults"]))
    return 1 if faults or not names else 0


sys.exit(main())
