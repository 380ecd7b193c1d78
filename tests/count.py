#!/usr/bin/python3
"""The last line of a test run: N passed, N failed. Exit status 1 when something failed or nothing ran.

usage: count.py TESTLOG.JSON   (as meson test writes it: one object a line)
"""

import json
import sys

passed = failed = 0
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        result = json.loads(line)["result"]
        # A skipped test proves nothing: it counts as failed.
        if result in ("OK", "EXPECTEDFAIL"):
            passed += 1
        else:
            failed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
