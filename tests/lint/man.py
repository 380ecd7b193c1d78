#!/usr/bin/python3
"""Manual pages are sound mdoc: mandoc finds nothing from style upwards but references to pages that are not installed.

usage: man.py SOURCE_ROOT
"""

import glob
import os
import shutil
import subprocess
import sys


def main():
    pages = sorted(glob.glob(os.path.join(sys.argv[1], "docs", "man", "*.[1-9]")))
    if not shutil.which("mandoc"):
        print("mandoc is not here: skipped")
        return 77
    lines = subprocess.run(["mandoc", "-T", "lint", *pages], capture_output=True, text=True, check=False).stdout.splitlines()
    faults = [line for line in lines if "referenced manual not found" not in line]
    print("\n".join([*faults, f"{len(pages)} pages, {len(faults)} faults"]))
    return 1 if faults or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
