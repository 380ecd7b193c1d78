#!/usr/bin/python3
"""Puts the words that editors complete into the schema of manifests: providers, profiles, findings and checks.

usage: complete.py data OUTPUT DEPFILE
"""

import json
import os
import sys
import tomllib


def catalogue(folder):
    """Slugs, and ids of checks."""
    words = set()
    for name in sorted(os.listdir(folder)):
        if name.endswith(".toml"):
            with open(os.path.join(folder, name), "rb") as f:
                for slug, row in tomllib.load(f).items():
                    words |= {slug, row["check"]}
    return sorted(words)


def main():
    data, output, depfile = sys.argv[1:]
    with open(os.path.join(data, "schema", "manifest.json"), encoding="utf-8") as f:
        schema = json.load(f)
    with open(os.path.join(data, "providers.json"), encoding="utf-8") as f:
        providers = [row["id"] for row in json.load(f)["providers"]]
    profiles = sorted(name[:-5] for name in os.listdir(os.path.join(data, "profiles")) if name.endswith(".json"))
    schema["definitions"]["provider"] = {"enum": providers}
    schema["definitions"]["profile"] = {"enum": profiles}
    schema["definitions"]["finding"] = {"anyOf": [{"enum": catalogue(os.path.join(data, "catalogue"))},
                                                  {"type": "string", "pattern": "^[a-z0-9-]*[*?][a-z0-9*?-]*$"}]}
    with open(output, "w", encoding="utf-8") as f:
        json.dump(schema, f, indent=2, ensure_ascii=False)
        f.write("\n")
    read = [os.path.join(data, "providers.json"), os.path.join(data, "schema", "manifest.json")]
    for folder in ("catalogue", "profiles"):
        read += [os.path.join(data, folder, name) for name in sorted(os.listdir(os.path.join(data, folder)))]
    with open(depfile, "w", encoding="utf-8") as f:
        f.write(f"{output}: {' '.join(read)}\n")


if __name__ == "__main__":
    main()
