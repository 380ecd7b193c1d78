#!/usr/bin/python3
"""Make the style and the script of the HTML report C strings, with the hashes that its Content-Security-Policy names.

usage: assets.py STYLE SCRIPT OUT_C

Comments and indentation are left out; what remains is printable ASCII and newlines, and closes no element.
"""

import base64
import hashlib
import re
import sys


def squeeze(text, comment):
    text = re.sub(comment, "", text, flags=re.M | re.S)
    lines = [line.strip() for line in text.split("\n")]
    return "".join(line + "\n" for line in lines if line)


def constant(name, text):
    if not re.fullmatch(r"[ -~\n]*", text) or re.search(r"</|<!--", text):
        sys.exit(f"html_assets.py: {name}: only printable ASCII, and no \"</\"")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
    body = "\n".join(f'\t"{line}\\n"' for line in escaped.split("\n")[:-1])
    digest = base64.b64encode(hashlib.sha256(text.encode("ascii")).digest()).decode("ascii")
    return f'const char dc_html_{name}[] =\n{body};\nconst char dc_html_{name}_hash[] = "sha256-{digest}";\n'


def main():
    style, script, out = sys.argv[1:]
    with open(style, encoding="utf-8") as f:
        style = squeeze(f.read(), r"/\*.*?\*/")
    with open(script, encoding="utf-8") as f:
        script = squeeze(f.read(), r"^\s*//[^\n]*$")
    with open(out, "w", encoding="ascii") as f:
        f.write('/* Made by assets.py. */\n#include "render/html/html.h"\n\n' + constant("style", style) + "\n" +
                constant("script", script))


main()
