#!/usr/bin/python3
"""Every #include in src/ respects the rooms of docs/architecture.md, foreign headers stay in their adapter files, and
no file outgrows its reader.

usage: rooms.py SOURCE_ROOT

The tables below are the rule. A new room is one row; a new exception needs its reason beside it.
"""

import os
import re
import sys

# Rooms whose content is a function of evidence: no headers but these of the C library.
PROTOCOLS = ["spf", "dkim", "dmarc", "mx", "ptr", "provider", "dnssec", "dane", "authority", "smtp", "blocklist", "message", "mta_sts", "tls_rpt", "bimi", "caa"]
PURE = PROTOCOLS + ["facts", "findings", "checks", "manifest"]
PURE_HEADERS = {"assert.h", "limits.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "string.h", "stdalign.h"}

VALUES = ["base", "dns", "evidence"]

# room -> rooms whose headers it may include besides its own
ROOMS = {
    "base": [],
    "dns": ["base"],
    "evidence": ["base", "dns"],
    "source": VALUES,
    "receiver": VALUES + ["source"],
    **{room: VALUES for room in PROTOCOLS},
    "facts": VALUES + PROTOCOLS + ["receiver"],
    "findings": VALUES,
    "checks": VALUES + PROTOCOLS + ["facts", "findings"],
    "gather": VALUES + PROTOCOLS + ["source", "receiver", "facts"],
    "policy": VALUES + PROTOCOLS + ["facts", "findings", "checks"],
    "manifest": VALUES + ["provider", "dmarc", "facts", "findings", "checks", "policy"],
    "history": VALUES,
    "render": VALUES + PROTOCOLS + ["facts", "findings", "checks", "policy", "history"],
    "diff": VALUES + ["findings", "render"],
    "api": VALUES + PROTOCOLS + ["source", "receiver", "facts", "gather", "findings", "checks", "policy", "manifest", "history", "render", "diff"],
    "cli": [],
}

# Headers reached from one file only: file or folder -> "room/" or "room/header.h", with the reason
EXTRA_ROOMS = {
    # The half of receiver.h for fact builders is pure: it asks for jobs and reads their results.
    "src/dkim/": ["receiver/receiver.h", "receiver/job.c", "provider/"],
    "src/dane/": ["mx/"],
    "src/smtp/": ["mx/", "dane/"],
    "src/spf/": ["receiver/receiver.h", "receiver/job.c"],
    # Report addresses are the same in both.
    "src/tls_rpt/": ["dmarc/uri.h", "dmarc/uri.c"],
    # Built into the program too: the library does not export it.
    "src/cli/confine.c": ["base/call_filter.h"],
}

# Rooms and files that may include the installed headers
PUBLIC = {"api", "cli"}
PUBLIC_FILES = {
    "src/base/status.h",  # enum dc_status and struct dc_error are the same inside and outside
}

# foreign header (a folder ends in "/") -> the only files or folders that may include it
FOREIGN = {
    "ldns/": ["src/dns/", "src/source/zonefile.c"],
    "ares.h": ["src/source/"],
    "unbound.h": ["src/source/"],
    "unbound-event.h": ["src/source/"],
    "spf2/": ["src/receiver/libspf2.c"],
    "opendkim/": ["src/receiver/opendkim_handle.h"],
    "jansson.h": ["src/render/", "src/diff/"],
    "sqlite3.h": ["src/history/store.c"],
    "yaml.h": ["src/manifest/yaml.c"],
    "idn2.h": ["src/dns/"],
    "libpsl.h": ["src/dmarc/psl.c"],
    "openssl/": ["src/base/sha.c", "src/bimi/mark.c", "src/dkim/key.c", "src/dkim/own.c", "src/receiver/key_decoder.c", "src/source/"],
    "curl/": ["src/source/"],
    "expat.h": ["src/bimi/svg.c"],
    "zlib.h": ["src/bimi/gzip.c"],
    "gmp.h": ["src/base/gmp_guard.c", "src/dkim/weak.c", "src/dkim/batch_gcd.c"],
    "valgrind/": ["src/receiver/sandbox.c"],  # only asked whether it is there: its own system calls need a wider filter
}

MAX_LINES = 500
# file -> why it may be longer
LONG_FILES = {
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def sources(root, folder="src"):
    for at, folders, files in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".c", ".h", ".h.in")):
                yield os.path.relpath(os.path.join(at, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return f.read().splitlines()


def is_below(path, places):
    return any(path.startswith(place) if place.endswith("/") else path == place for place in places)


def foreign_rule(header):
    for pattern, places in FOREIGN.items():
        if header.startswith(pattern) if pattern.endswith("/") else header == pattern:
            return places
    return None


def is_libc(header):
    """What is not named as foreign must be the C library's or the kernel's."""
    if header.startswith(("sys/", "linux/", "net/", "netinet/", "arpa/", "asm/")):
        return True
    return "/" not in header and header in LIBC


LIBC = {name + ".h" for name in (
    "assert complex ctype dirent dlfcn endian err errno fcntl fenv float getopt grp ifaddrs inttypes iso646 limits langinfo "
    "locale malloc math netdb poll pthread pwd sched search semaphore setjmp signal stdalign stdarg stdatomic stdbool stddef stdint "
    "stdio stdio_ext stdlib stdnoreturn string strings syslog termios threads time uchar unistd wchar wctype").split()}


def installed(path, room):
    if room in PUBLIC or path in PUBLIC_FILES:
        return None
    return "only the api and cli rooms may include the installed headers"


def quoted(root, path, room, header):
    """The fault of #include "header" in a file of `room`, or None."""
    if header.startswith("domaincheck/"):
        return installed(path, room)
    if "/" not in header:
        return None if header == "config.h" else "write the room: \"room/header.h\""
    if header.startswith(("../", "./")):
        return "write the room: \"room/header.h\""
    target = header.split("/")[0]
    if target == room or target in ROOMS.get(room, []):
        return None
    if is_below(header, EXTRA_ROOMS.get(path, [])) or is_below(header, EXTRA_ROOMS.get(f"src/{room}/", [])):
        return None
    return f"the room {room} may not include the room {target}"


def angled(path, room, header):
    if header.startswith("domaincheck/"):
        return installed(path, room)
    places = foreign_rule(header)
    if places is not None:
        return None if is_below(path, places) else f"belongs in {', '.join(places)}"
    if not is_libc(header):
        return "no row in the table of foreign headers"
    if room in PURE and header not in PURE_HEADERS and not is_below(path, ADAPTERS):
        return "not in a pure room"
    return None


# Adapter files of pure rooms: they hold a foreign library and may use what it needs.
ADAPTERS = [place for places in FOREIGN.values() for place in places if place.split("/")[1] in PURE and place.endswith(".c")]


def check_file(root, path):
    room = path.split("/")[1]
    lines = read(root, path)
    faults = []
    if room not in ROOMS:
        return [f"{path}: the room {room} has no row in ROOMS"]
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match[1] or match[2]
        fault = quoted(root, path, room, match[1]) if match[1] else angled(path, room, match[2])
        if fault:
            faults.append(f"{path}:{number}: {header}: {fault}")
    if len(lines) > MAX_LINES and path not in LONG_FILES:
        faults.append(f"{path}: {len(lines)} lines, the limit is {MAX_LINES}")
    return faults


def main():
    root = sys.argv[1]
    paths = list(sources(root))
    faults = [fault for path in paths for fault in check_file(root, path)]
    faults += [f"rooms.py: {path} is excepted but does not exist" for path in LONG_FILES
               if not os.path.exists(os.path.join(root, path))]
    for path in LONG_FILES:
        if os.path.exists(os.path.join(root, path)) and len(read(root, path)) <= MAX_LINES:
            faults.append(f"rooms.py: {path} needs its exception no longer")
    for header in sources(root, "include"):
        for number, line in enumerate(read(root, header), 1):
            match = INCLUDE.match(line)
            if match and not (match[2] in PURE_HEADERS or (match[1] or match[2]).startswith("domaincheck/")):
                faults.append(f"{header}:{number}: an installed header includes {match[1] or match[2]}")
    print("\n".join(faults + [f"{len(paths)} files, {len(faults)} faults"]))
    return 1 if faults or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
