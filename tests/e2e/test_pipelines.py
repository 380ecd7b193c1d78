#!/usr/bin/python3
"""docs/examples/ci, each run as far as it can be here: the steps of the workflow and of the job in a shell, the hook in a
real git repository, the pre-commit framework, the units checked by systemd and their script run day by day. A zone file
stands for live DNS.

usage: test_pipelines.py BINARY [TEST...]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from tool import ROOT, Tests

sys.path.insert(0, f"{ROOT}/tests/schema")
import ci  # noqa: E402

test = Tests()
EXAMPLES = f"{ROOT}/docs/examples/ci"
BEFORE = f"{ROOT}/docs/examples/before"


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class Place:
    """A folder with a domaincheck on its PATH that asks vendor.zone instead of live DNS, and a good zone."""

    def __init__(self, binary):
        self.dir = tempfile.TemporaryDirectory()
        self.root = self.dir.name
        os.makedirs(f"{self.root}/bin")
        os.makedirs(f"{self.root}/checkout/zones")
        os.makedirs(f"{self.root}/home")
        self.outside = f"-z {BEFORE}/vendor.zone"
        self.binary = os.path.abspath(binary)
        self.connect(True)
        self.good = subprocess.run([sys.executable, f"{BEFORE}/octodns2zone.py", "example.com", f"{BEFORE}/example.com.yaml"],
                                   capture_output=True, text=True, check=True).stdout
        self.bad = self.good.replace("v=spf1 ip4", "v=spf1 inlude:a.example ip4")
        assert self.bad != self.good
        self.work = f"{self.root}/checkout"
        self.env = {"PATH": f"{self.root}/bin:/usr/local/bin:/usr/bin:/bin", "HOME": f"{self.root}/home", "LC_ALL": "C.UTF-8",
                    "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a",
                    "GIT_COMMITTER_EMAIL": "a@example.com", "PRE_COMMIT_HOME": f"{self.root}/home/pre-commit",
                    "GITHUB_STEP_SUMMARY": f"{self.root}/step-summary"}

    def connect(self, connected):
        """Without the vendor's zone, names outside cannot be asked for."""
        outside = self.outside if connected else ""
        with open(f"{self.root}/bin/domaincheck", "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nfor a do shift; case $a in --live) set -- "$@" {outside};; *) set -- "$@" "$a";; esac; done\n'
                    f'exec {self.binary} "$@"\n')
        os.chmod(f"{self.root}/bin/domaincheck", 0o755)

    def zone(self, text, name="zones/example.com.zone"):
        with open(f"{self.work}/{name}", "w", encoding="utf-8") as f:
            f.write(text)

    def sh(self, script, *args):
        done = subprocess.run(["sh", "-e", "-c", script, "sh", *args], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr


@test
def github_workflow(place):
    workflow = yaml.safe_load(read(f"{EXAMPLES}/github-workflow.yml"))
    test.equal(set(workflow), {"name", True, "permissions", "jobs"}, "keys (\"on\" is a truth to YAML 1.1)")
    test.check(workflow[True]["pull_request"]["paths"] == ["zones/**"], "runs when a zone changes")
    job = workflow["jobs"]["mail"]
    test.equal(job["runs-on"], "ubuntu-latest", "runs on")
    for step in job["steps"]:
        test.check(("uses" in step) != ("run" in step), f"{step}: uses or run")
        test.check("uses" not in step or re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", step["uses"]), f"{step}: an action and its version")
    upload, = [step for step in job["steps"] if step.get("uses", "").startswith("github/codeql-action/upload-sarif")]
    for text, want in ((place.good, 0), (place.bad, 1)):
        place.zone(text)
        if os.path.exists(place.env["GITHUB_STEP_SUMMARY"]):
            os.unlink(place.env["GITHUB_STEP_SUMMARY"])
        failed = 0
        for step in job["steps"]:
            if "run" not in step or step["name"].startswith("Install") or (failed and step.get("if") != "always()"):
                continue
            status, out, err = place.sh(step["run"])
            if step["name"].startswith("Fit"):
                commands = list(ci.commands(out))
                test.equal(list(ci.github(out)), [], "annotations")
                test.check(all(c[1]["file"] == "zones/example.com.zone" for c in commands), f"{commands}")
                failed = status
            else:
                test.equal((status, err), (0, ""), step["name"])
        test.equal(failed, want, "the step that decides")
        if want:
            level, properties, message = commands[0]
            line = text.splitlines()[int(properties["line"]) - 1]
            test.check(level == "error" and "inlude:a.example" in line and "inlude" in message, f"{properties} {line}")
        test.check(("NO-GO" in read(place.env["GITHUB_STEP_SUMMARY"])) == bool(want), "the summary")
        test.equal(list(ci.sarif(read(f"{place.work}/{upload['with']['sarif_file']}"))), [], "what is uploaded")


@test
def gitlab_job(place):
    config = yaml.safe_load(read(f"{EXAMPLES}/gitlab-ci.yml"))
    job = config["mail"]
    test.check(job["stage"] in config["stages"], "its stage")
    reports = job["artifacts"]["reports"]
    for text, connected, want in ((place.good, True, 0), (place.bad, True, 1), (place.good, False, 3)):
        place.zone(text)
        place.connect(connected)
        for name in reports.values():
            if os.path.exists(f"{place.work}/{name}"):
                os.unlink(f"{place.work}/{name}")
        statuses = [place.sh(line)[0] for line in job["script"]]
        test.equal(statuses, [want], "exit status")
        test.equal(list(ci.junit(read(f"{place.work}/{reports['junit']}"))), [], "junit")
        quality = read(f"{place.work}/{reports['codequality']}")
        test.equal(list(ci.gitlab(quality)), [], "code quality")
        test.equal('"critical"' in quality, want == 1, "grave findings")
    place.connect(True)
    test.equal(job["allow_failure"]["exit_codes"], 3, "what could not be determined is a warning")
    test.equal(job["artifacts"]["when"], "always", "reports of a job that fails too")


def commit(place, message):
    return place.sh('git add -A && git commit -q -m "$1"', message)


@test
def git_hook(place):
    shutil.rmtree(place.work)
    os.makedirs(f"{place.work}/zones")
    place.sh("git init -q")
    shutil.copy(f"{EXAMPLES}/pre-commit", f"{place.work}/.git/hooks/pre-commit")
    place.zone(place.good)
    place.zone("-s s1,s2 --fail-on error", "zones/example.com.options")
    test.equal(commit(place, "good"), (0, "", ""), "a good zone")
    place.zone(place.bad)
    status, out, err = commit(place, "bad")
    test.equal((status, out), (1, ""), "a bad zone")
    test.check("error: spf-unknown-mechanism" in err and "zones/example.com.zone: not fit to be published" in err, err)
    test.equal(place.sh("git log --oneline | wc -l")[1].strip(), "1", "it is not in")
    place.zone(place.good)
    test.equal(commit(place, "nothing")[0], 1, "git itself: nothing to commit")
    place.zone(place.bad)
    place.sh("git add -A")
    place.zone(place.good)
    test.equal(place.sh("git commit -q -m x")[0], 1, "what is staged counts, not what lies in the folder")
    place.sh("git reset -q --hard")
    place.zone("no zone at all\n", "zones/b\u00fcro example.com.zone")
    status, _, err = commit(place, "no zone")
    test.check(status == 1 and "not fit to be published" in err, err)
    os.unlink(f"{place.work}/zones/b\u00fcro example.com.zone")
    place.sh("git reset -q --hard")
    place.zone("text\n", "readme")
    test.equal(commit(place, "no zone touched"), (0, "", ""), "other files")
    place.connect(False)
    place.zone(place.good.replace(" 1 7200", " 2 7200"))
    status, _, err = commit(place, "offline")
    test.check(status == 0 and "not everything could be determined" in err, f"offline: {status} {err}")
    place.connect(True)
    place.sh("git rm -q zones/example.com.zone")
    test.equal(place.sh("git commit -q -m gone")[0], 0, "a zone that is taken away")


@test
def pre_commit_framework(place):
    if not shutil.which("pre-commit"):
        raise RuntimeError("pre-commit is not installed: tests/packages.txt")
    shutil.rmtree(place.work)
    os.makedirs(f"{place.work}/zones")
    shutil.copy(f"{EXAMPLES}/pre-commit-config.yaml", f"{place.work}/.pre-commit-config.yaml")
    place.sh("git init -q")
    test.equal(place.sh("pre-commit validate-config .pre-commit-config.yaml")[0], 0, "its own check of the configuration")
    for text, connected, want in ((place.good, True, 0), (place.bad, True, 1), (place.good, False, 0)):
        place.connect(connected)
        place.zone(text)
        place.sh("git add -A")
        status, out, err = place.sh("pre-commit run --all-files")
        test.equal(status, want, f"{out}{err}")
    place.connect(True)


@test
def systemd_units(place):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(f"{EXAMPLES}/domaincheck-daily", folder)
        shutil.copy(f"{EXAMPLES}/domaincheck.timer", folder)
        unit = read(f"{EXAMPLES}/domaincheck.service")
        with open(f"{folder}/domaincheck.service", "w", encoding="utf-8") as f:
            f.write(unit.replace("/usr/local/bin/domaincheck-daily", f"{folder}/domaincheck-daily"))
        if not shutil.which("systemd-analyze"):
            raise RuntimeError("systemd-analyze is not installed: tests/packages.txt")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", f"{folder}/domaincheck.service", f"{folder}/domaincheck.timer"],
                              capture_output=True, text=True, timeout=60)
        mine = [line for line in (done.stdout + done.stderr).splitlines() if "domaincheck" in line]
        test.equal(mine, [], "systemd has nothing to say")
        calendar = re.search(r"^OnCalendar=(.*)$", read(f"{EXAMPLES}/domaincheck.timer"), re.M)[1]
        done = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, text=True, timeout=60)
        test.equal(done.returncode, 0, done.stderr)


@test
def day_by_day(place):
    """The script of the unit: only what is new fails, and it says where it comes from."""
    state = f"{place.root}/state"
    os.makedirs(state)
    place.env["STATE_DIRECTORY"] = state
    with open(f"{place.root}/domaincheck.yaml", "w", encoding="utf-8") as f:
        f.write("version: 1\ndomains:\n  example.com: {selectors: [s1, s2]}\n")
    os.makedirs(f"{place.work}/zones", exist_ok=True)
    vendor = read(f"{BEFORE}/vendor.zone")

    def day(zone, outside):
        place.zone(zone)
        place.zone(outside, "zones/vendor.zone")
        return place.sh(f'"{EXAMPLES}/domaincheck-daily" "$1" -z "$2/example.com.zone" -z "$2/vendor.zone"', f"{place.root}/domaincheck.yaml",
                        f"{place.work}/zones")
    status, out, err = day(place.good, vendor)
    test.equal((status, out, err), (0, "", ""), "the first day there is nothing to compare")
    test.equal(day(place.good, vendor)[0], 0, "the same")
    status, out, _ = day(place.good, vendor.replace("198.51.100.0/28 ~all", "198.51.100.0/28 ip4:203.0.113.0/24 ~all"))
    test.check(status == 0 and "_spf.vendor.example added 203.0.113.0/24" in out, f"a vendor's range: {status} {out}")
    status, out, _ = day(place.good, vendor.replace("v=spf1 ip4:198.51.100.0/28 ~all", "v=spf1 ip4:198.51.100.999 ~all"))
    test.check(status == 1 and "WORSE" in out, f"a vendor's mistake: {status} {out}")
    test.equal(day(place.good, vendor.replace("v=spf1 ip4:198.51.100.0/28 ~all", "v=spf1 ip4:198.51.100.999 ~all"))[0], 0,
               "known the day after")
    test.equal(os.listdir(state), ["last.json"], "one report is kept")
    broken = day("nonsense\n", vendor)
    test.equal((broken[0], os.listdir(state)), (2, ["last.json"]), "no report: the old one stays")


def main():
    place = Place(sys.argv[1])
    sys.exit(test.run(place))


main()
