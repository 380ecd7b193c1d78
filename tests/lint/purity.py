#!/usr/bin/python3
"""The pure rooms import nothing impure and keep no globals: proved from the symbols of their objects.

usage: purity.py SOURCE_ROOT BUILD_DIR

Objects are found through compile_commands.json. A symbol is fine when a room that may be included defines it
(rooms.py has the table) or when it is a C library function whose result depends on its arguments alone.
"""

import json
import os
import re
import subprocess
import sys

import rooms

# Functions of their arguments: no errno, no locale, no allocation, no I/O.
LIBC = {"memcpy", "memmove", "memset", "memcmp", "memchr", "memmem", "memrchr", "bcmp", "strlen", "strnlen", "strcmp",
        "strncmp", "strchr", "strrchr", "strstr", "strcpy", "qsort", "bsearch", "abs", "labs",
        # assert: a promise inside the program was broken
        "__assert_fail",
        # what the compiler adds
        "__popcountdi2", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_", "__memcpy_chk", "__memmove_chk", "__memset_chk", "__strcpy_chk"}
# What adapter files of pure rooms may call besides: the library they hold, and memory for it.
ADAPTER = re.compile(r"^(ASN1_|OBJ_|OPENSSL_sk_|X509_|EXTENDED_KEY_USAGE_free$|GENERAL_NAMES_free$|XML_|inflate|BIO_|BN_|CRYPTO_free$|ERR_|EVP_|OPENSSL_cleanse$|PEM_|d2i_|i2d_|__gmp[nz]_|psl_|yaml_|malloc$|calloc$|free$|strdup$|qsort_r$|_setjmp$)")
# Added by sanitizers and coverage
BUILT_IN = re.compile(r"^(__asan_|__ubsan_|__sanitizer_|__gcov_|__llvm_|__start_|__stop_|mcount$|__tsan_|__odr_asan)")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def objects(root, build):
    """path of the source below the root -> its object; the first when it is compiled more than once."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        commands = json.load(f)
    found = {}
    for command in commands:
        path = os.path.relpath(os.path.join(command["directory"], command["file"]), root)
        output = os.path.join(command["directory"], command.get("output", ""))
        # What the build generates for a room (BUILD/src/findings/catalogue.gen.c) belongs to it.
        path = path[path.index("src/"):] if path.startswith("../") or "/src/" in path else path
        if path.startswith("src/") and path not in found and os.path.isfile(output):
            found[path] = output
    return found


def room_of(path):
    return path.split("/")[1]


def symbols(found):
    """path -> (defined, undefined), by one call for all objects."""
    paths = {output: path for path, output in found.items()}
    table = {path: (set(), set()) for path in found}
    for line in run("nm", "-A", "-g", *paths):
        output, _, rest = line.partition(":")
        fields = rest.split()
        table[paths[output]][fields[-2] in "Uw"].add(fields[-1].split("@")[0])
    return table


def writable(found):
    """path -> lines that tell of data that can be written; tables of pointers land in .data.rel.ro, which is constant."""
    paths = {output: path for path, output in found.items()}
    out, path = {}, next(iter(found), None)
    for line in run("readelf", "-SW", *paths):
        if line.startswith("File: "):
            path = paths[line[len("File: "):]]
        match = re.match(r"\s*\[\s*\d+\]\s+(\.t?(?:data|bss)\S*)\s+\S+\s+\S+\s+\S+\s+([0-9a-f]+)", line)
        if match and not match[1].startswith(".data.rel.ro") and int(match[2], 16):
            out.setdefault(path, []).append(f"{path}: {int(match[2], 16)} octets of writable data in {match[1]}")
    return out


def is_allowed(room, path, definer):
    """May code of `room` call what the file `definer` defines?"""
    target = room_of(definer)
    if target == room or target in rooms.ROOMS.get(room, []):
        return True
    header = definer[len("src/"):]
    return rooms.is_below(header, rooms.EXTRA_ROOMS.get(path, []) + rooms.EXTRA_ROOMS.get(f"src/{room}/", []))


def check_calls(path, undefined, definers):
    room = room_of(path)
    faults = []
    for symbol in sorted(undefined):
        if symbol in LIBC or BUILT_IN.match(symbol) or path in rooms.ADAPTERS and ADAPTER.match(symbol):
            continue
        if symbol not in definers:
            if not symbol.startswith("dc_"):  # else the linker tells
                faults.append(f"{path}: calls {symbol}, which is none of ours and not pure")
        elif not any(is_allowed(room, path, definer) for definer in definers[symbol]):
            faults.append(f"{path}: calls {symbol} of the room {room_of(definers[symbol][0])}")
    return faults


def main():
    found = objects(os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2]))
    if not found:
        print("purity.py: no objects in compile_commands.json")
        return 1
    table, definers = symbols(found), {}
    for path, (defined, _) in table.items():
        for symbol in defined:
            definers.setdefault(symbol, []).append(path)
    pure = {path: output for path, output in sorted(found.items()) if room_of(path) in rooms.PURE}
    data = writable(pure)
    faults = []
    for path in pure:
        undefined = table[path][1]
        faults += check_calls(path, undefined, definers)
        if not any(BUILT_IN.match(symbol) for symbol in undefined):  # sanitizers have data of their own
            faults += data.get(path, [])
    print("\n".join(faults + [f"{len(pure)} pure objects, {len(faults)} faults"]))
    return 1 if faults or not pure else 0


if __name__ == "__main__":
    sys.exit(main())
