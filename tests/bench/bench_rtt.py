#!/usr/bin/python3
"""Does an audit cost no more than its dependent round trips?

usage: bench_rtt.py BINARY [RUNS]

Every answer of the resolver comes 50 ms late (dnsdist). The domain's SPF record nests three includes. Prints rounds,
questions, elapsed time, and elapsed / (rounds x 50 ms), which must not be more than 1.15.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))

from lab import DELAY_MS, Lab
from tool import Tool

DOMAIN = "three-includes.example"
LIMIT = 1.15


def measure(tool, lab, *args):
    result = tool.audit(*lab.options("delay"), *args, DOMAIN)
    dns = result.report["domains"][0]["facts"].get("dns") or result.report["domains"][0]["dns"]
    return dns["rounds"], dns["questions"], dns["elapsed_ms"]


def main():
    tool, runs = Tool(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with Lab() as lab:
        tool.audit(*lab.options(), DOMAIN)  # the resolver has every answer now: only the delay is left
        best = None
        for _ in range(runs):
            rounds, questions, elapsed_ms = measure(tool, lab)
            ratio = elapsed_ms / (rounds * DELAY_MS)
            print(f"rounds {rounds}  questions {questions}  elapsed {elapsed_ms} ms  "
                  f"elapsed / (rounds x {DELAY_MS} ms) = {ratio:.3f}")
            best = ratio if best is None else min(best, ratio)
    print(f"best {best:.3f}, limit {LIMIT}")
    return 0 if best <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
