"""What the tests of faults share: a program that a library is loaded into, in a folder, with a lab to ask. Imported first, for it
makes the modules of the end-to-end tests known."""

import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))

from lab import Lab
from tool import ROOT

CLOCK = ("--now", "2026-11-20T12:00:00Z")
DEMO = os.path.join(ROOT, "data/demo/demo.zone")
ZONE = ("-z", DEMO, "-s", "s1", *CLOCK)
PAIR = ("healthy.example", "broken.example")
OLD = b"an older report"


class Runner:
    """Called with arguments it runs the program: how is a subclass's."""

    def __init__(self, binary, library, lab, folder):
        self.binary, self.library, self.lab, self.folder = os.path.abspath(binary), os.path.abspath(library), lab, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def live(self):
        """Arguments of a live audit."""
        return (*self.lab.options(), *CLOCK, "-f", "json", "-s", "rsa,ed")


def verdicts(out):
    """domain -> verdict; ValueError when it is no report."""
    report = json.loads(out)
    if not isinstance(report, dict) or "domains" not in report:
        raise ValueError("no report")
    return {domain["domain"]: domain["verdict"] for domain in report["domains"]}


def check_verdicts(test, now, was, what):
    """Those of a run that something happened to: what they would be without it, or less."""
    test.equal(set(now), set(was), f"{what}: domains")
    for domain, verdict in now.items():
        test.check(verdict in (was.get(domain), "incomplete"), f"{what}: {domain} is {verdict}, else {was.get(domain)}")


def main(test, runner):
    """BINARY LIBRARY [TEST...]"""
    binary, library = sys.argv[1:3]
    del sys.argv[2]
    with Lab() as lab, tempfile.TemporaryDirectory() as folder:
        return test.run(runner(binary, library, lab, folder))
