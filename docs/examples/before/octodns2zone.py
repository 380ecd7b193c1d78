#!/usr/bin/python3
"""octoDNS YAML into a zone file, for domaincheck -z FILE --live.

usage: octodns2zone.py ZONE FILE_OR_FOLDER > ZONE.zone

ZONE is the name of the zone, FILE its YAML (example.com.yaml), FOLDER the one of a split zone (example.com./, a file a
record). Needs PyYAML (Debian: python3-yaml). Exit status 1, one line on standard error and no output when something
cannot be said in a zone file: an ALIAS, an !include, a target without its final dot.
"""

import pathlib
import re
import sys

import yaml

DEFAULT_TTL = 3600


def fail(what):
    sys.exit(f"octodns2zone: {what}")


class Loader(yaml.SafeLoader):
    """No "on: true" for a record named on; no key twice."""


def mapping(loader, node):
    found = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else fail("a name that is no text")
        if name in found:
            fail(f'"{name}" stands twice in line {key.start_mark.line + 1}')
        found[name] = loader.construct_object(value, deep=True)
    return found


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
Loader.add_constructor("!include", lambda loader, node: fail(f"!include {node.value}: give the file with all records"))


def quoted(text):
    """A TXT value. octoDNS wants ";" written as "\\;", and cuts long values itself."""
    octets = re.sub(r"\\;", ";", str(text)).encode("utf-8")
    parts = [octets[i:i + 255] for i in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join(chr(c) if 0x20 <= c < 0x7f and c not in b'"\\' else f"\\{c:03d}" for c in part) + '"'
                    for part in parts)


def target(name):
    name = str(name)
    if not name.endswith("."):
        fail(f'the target "{name}" has no final dot')
    return idna(name)


def idna(name):
    return ".".join(label if label.isascii() else label.encode("idna").decode() for label in name.split("."))


def fields(*names):
    """A value that is a mapping, its fields one after the other; "a|b" is one field with an older name."""
    def text(value):
        out = []
        for name in names:
            keys = [key for key in name.lstrip("@").split("|") if key in value]
            if not keys:
                fail(f"no {name.lstrip('@')} in {value}")
            out.append(target(value[keys[0]]) if name[0] == "@" else str(value[keys[0]]))
        return " ".join(out)
    return text


def caa(value):
    return f'{value.get("flags", 0)} {value["tag"]} "{value["value"]}"'


TYPES = {
    "A": str, "AAAA": str, "CNAME": target, "DNAME": target, "NS": target, "PTR": target, "TXT": quoted, "SPF": quoted,
    "MX": fields("preference|priority", "@exchange|value"), "CAA": caa,
    "SRV": fields("priority", "weight", "port", "@target"),
    "TLSA": fields("certificate_usage", "selector", "matching_type", "certificate_association_data"),
    "DS": fields("key_tag|flags", "algorithm|protocol", "digest_type|algorithm", "digest|public_key"),
    "SSHFP": fields("algorithm", "fingerprint_type", "fingerprint"),
}


def records(name, record):
    """Lines of one record, of all its values."""
    kind, ttl = record.get("type"), record.get("ttl", DEFAULT_TTL)
    if (record.get("octodns") or {}).get("excluded"):
        return
    if kind == "ALIAS":
        fail(f"{name} ALIAS: put the addresses it stands for there (A and AAAA) to audit this zone")
    if kind not in TYPES:
        print(f"; left out, as no mail rests on it: {name} {kind}")
        return
    values = record["values"] if "values" in record else [record["value"]] if "value" in record else fail(f"{name} {kind}: no value")
    for value in values if isinstance(values, list) else [values]:
        print(f"{name} {ttl} {'TXT' if kind == 'SPF' else kind} {TYPES[kind](value)}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    zone, path = idna(sys.argv[1].rstrip(".").lower()), pathlib.Path(sys.argv[2])
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    names = {}
    for file in files or fail(f"{path}: no .yaml in it"):
        try:
            loaded = yaml.load(file.read_text("utf-8"), Loader) or {}
        except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
            fail(f"{file}: " + " ".join(str(error).split()))
        if not isinstance(loaded, dict):
            fail(f"{file}: no records in it")
        names.update(loaded)
    out, sys.stdout = sys.stdout, __import__("io").StringIO()
    print(f"{zone}. 3600 SOA ns.{zone}. hostmaster.{zone}. 1 7200 900 1209600 3600")
    for name, found in names.items():
        full = f"{idna(name)}.{zone}." if name else f"{zone}."
        for record in found if isinstance(found, list) else [found]:
            if not isinstance(record, dict):
                fail(f'"{name}" holds no record')
            records(full, record)
    out.write(sys.stdout.getvalue())


main()
