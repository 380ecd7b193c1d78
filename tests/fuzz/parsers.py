#!/usr/bin/python3
"""Which files take octets apart that somebody else wrote; coverage.py measures these.

usage: parsers.py SOURCE_ROOT

Every file below src/ must be one of: a parser, left out by name with its reason, or in a room that only sees what parsers
made of octets. A file of such a room that looks like a parser all the same must be named here. Exit status 1 otherwise, and
when something is named that does not exist, or a line is marked as "not fuzzed" where nothing is measured.
"""

import fnmatch
import glob
import os
import re
import sys

# What is measured: file or pattern
PARSERS = [
    # octets as such: numbers, addresses, dates, UTF-8
    "src/base/civil.c", "src/base/escape.c", "src/base/ip.c", "src/base/slice.c",
    # DNS: names, packets, records, zone files
    "src/dns/answer.c", "src/dns/name.c", "src/dns/packet.c", "src/dns/rdata*.c", "src/dns/sections.c", "src/dns/zone.c", "src/dns/zone_scan.c",
    # recordings, and what they hold
    "src/evidence/recording.c", "src/evidence/recording_line.c", "src/evidence/recording_read.c", "src/evidence/dialogue.c",
    "src/evidence/https.c", "src/evidence/https_reply.c",
    # records
    "src/spf/parse.c", "src/spf/term.c", "src/spf/macro.c", "src/dkim/record.c", "src/dkim/key.c", "src/dkim/der.c",
    "src/spf/near_miss.c", "src/dmarc/near.c", "src/dmarc/record.c", "src/dmarc/uri.c", "src/dkim/nsec.c", "src/dnssec/records.c",
    "src/blocklist/blocklist.c", "src/mta_sts/*.c", "src/tls_rpt/*.c", "src/bimi/*.c", "src/caa/*.c", "src/dane/*.c",
    "src/ptr/generic.c",
    # mail servers and web servers, and their certificates
    "src/smtp/*.c", "src/source/smtp_talk.c", "src/source/tls_describe.c", "src/source/https_header.c",
    "src/source/https_certificate.c",
    # messages, and the pipe to the process that runs libraries over them, both ends
    "src/message/message.c", "src/receiver/message.c", "src/receiver/store.c", "src/receiver/text.c", "src/receiver/wire.c",
    # files of the user: names, manifests, baselines, reports to compare
    "src/cli/names.c", "src/manifest/*.c", "src/api/baseline.c", "src/api/decision.c", "src/diff/scan.c", "src/diff/take.c", "src/diff/records.c",
]

# Files that look like one and are none, or that no input reaches on its own: the reason
LEFT_OUT = {
    # Names, cached answers and decisions; what they say of octets the parsers have read
    "src/api/config.c": "options of the command line: the user's own words",
    "src/api/probes.c": "options of the command line: the user's own words",
    "src/api/time.c": "options of the command line: the user's own words",
    "src/checks/smtp_auth.c": "splits a list of words that evidence/dialogue.c has read and bounded",
    # What the machine itself says
    "src/source/resolvconf.c": "/etc/resolv.conf: root's own words",
    "src/source/server.c": "options of the command line: the user's own words",
    "src/cli/options.c": "the environment: the user's own words",
    "src/receiver/sandbox.c": "one number from /proc/self/statm: the kernel's own words",
    # Libraries do the work; what they bring is taken apart elsewhere
    "src/source/https.c": "drives libcurl's sockets and timers",
    "src/source/https_transfer.c": "tells libcurl what it may do; header fields: https_header.c, bodies: the rooms that asked",
    "src/source/https_tls.c": "hands the handshake to OpenSSL; certificates: https_certificate.c",
    "src/source/tls.c": "hands octets to OpenSSL and back; certificates: tls_describe.c, the conversation: smtp_talk.c",
    "src/source/smtp.c": "sockets and timers; the conversation: smtp_talk.c",
    "src/source/live*.c": "sockets and timers; packets: dns/packet.c",
    "src/source/unbound*.c": "hands questions to libunbound; its packets: dns/packet.c, its log lines are about questions of ours",
    # Libraries are given octets that were taken apart before
    "src/receiver/key_decoder.c": "tells OpenSSL which decoder to use; takes no octets",
    "src/receiver/libopendkim.c": "hands records out of receiver/store.c to libopendkim",
    # Files of the user
    "src/cli/cmd_completion.c": "words of the shell's own command line",
    "src/cli/cmd_merge.c": "reads a file into memory; render/json/merge.c takes it apart",
    "src/cli/cmd_message.c": "reads a file into memory; message/message.c takes it apart",
    "src/cli/resume.c": "the report file that this program was writing itself",
    "src/render/json/merge.c": "jansson parses; only fields of reports of our own are copied",
    "src/render/json/value.c": "jansson parses; a second time when memory ended the first",
    "src/dkim/own.c": "the user's own private key, read by OpenSSL; dkim/key.c takes the public half apart",
}

# Rooms that see parsers' results only
ROOMS = {
    "api": "settings, audits, results",
    "authority": "compares answers of servers",
    "base": "memory, buffers, digests",
    "blocklist": "tables",
    "checks": "facts in, findings out",
    "cli": "the command line",
    "diff": "compares reports that were read",
    "dkim": "concludes from records that were read; keys' numbers by GMP",
    "dmarc": "concludes from records that were read",
    "dns": "answers made from zones that were read",
    "dnssec": "concludes from records that were read",
    "evidence": "keeps answers",
    "facts": "puts the rooms' facts together",
    "findings": "findings and their order",
    "gather": "rounds of questions",
    "history": "SQLite, a database of our own",
    "mx": "addresses and names that the dns room has read",
    "policy": "findings in, verdict out",
    "provider": "tables of names",
    "ptr": "names that the dns room has read",
    "receiver": "processes, system calls, foreign libraries behind receiver/message.c and receiver/store.c",
    "render": "writes",
    "source": "the loop, files, caches",
    "spf": "evaluates records that were read",
}

# What parsers do and others seldom
SIGNS = re.compile(r"dc_slice_cut\(|dc_slice_uint\(|dc_name_from_wire\(|rdata\.ptr|data\.ptr\[|\bjson_load|\bd2i_|PEM_read|"
                   r"ASN1_STRING|\binflate\(|XML_Parse\(|yaml_parser_parse|\bfread\(|\bgetline\(|unescape\(|\bsscanf\(|strto[a-z]+\(")


def matches(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def read(source, path):
    with open(os.path.join(source, path), encoding="utf-8") as file:
        return file.read()


def find(source):
    """The files of PARSERS."""
    return sorted({os.path.relpath(path, source) for pattern in PARSERS for path in glob.glob(os.path.join(source, pattern))})


def problems(source):
    files = sorted(os.path.relpath(path, source) for path in glob.glob(os.path.join(source, "src", "**", "*.c"), recursive=True))
    for pattern in [*PARSERS, *LEFT_OUT]:
        if not matches_any(files, pattern):
            yield f"{pattern}: named here, but there is no such file"
    for room in ROOMS:
        if not os.path.isdir(os.path.join(source, "src", room)):
            yield f"src/{room}: named here, but there is no such room"
    for path in files:
        parser, left_out = matches(path, PARSERS), matches(path, LEFT_OUT)
        room = path.split("/")[1]
        if not parser and "not fuzzed:" in read(source, path):
            yield f"{path}: has a line that is marked as not fuzzed, and is not measured"
        if parser and left_out:
            yield f"{path}: a parser, and left out"
        elif parser or left_out:
            continue
        elif room not in ROOMS:
            yield f"{path}: neither a parser nor left out with a reason"
        else:
            sign = SIGNS.search(read(source, path))
            if sign:
                yield f"{path}: {sign.group()!r} looks like a parser: list it, or leave it out by name with a reason"


def matches_any(files, pattern):
    return any(fnmatch.fnmatchcase(path, pattern) for path in files)


if __name__ == "__main__":
    found = list(problems(sys.argv[1]))
    print("\n".join(found) or f"{len(find(sys.argv[1]))} files of parsers, {len(LEFT_OUT)} left out by name, {len(ROOMS)} rooms")
    sys.exit(1 if found else 0)
