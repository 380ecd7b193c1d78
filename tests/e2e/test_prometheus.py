#!/usr/bin/python3
"""The Prometheus report in the tools it is made for: promtool, node_exporter's textfile collector, a Prometheus that scrapes
it, the alert rules and the queries of the Grafana dashboard.

usage: test_prometheus.py BINARY
"""

import glob
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from lab import HERE, die_with_parent

BINARY = os.path.abspath(sys.argv.pop(1))
ROOT = os.path.dirname(os.path.dirname(HERE))
EXAMPLES = os.path.join(ROOT, "docs", "examples")
DEMO = os.path.join(ROOT, "data", "demo", "demo.zone")
START_S, SCRAPE_S = 20, 30


def audit(*args):
    return subprocess.run([BINARY, "-z", DEMO, "-s", "s1", *args], capture_output=True, check=False)


def check_metrics(text):
    return subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)


def samples(text):
    """{series: value}"""
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(what, within_s, condition):
    end = time.monotonic() + within_s
    while True:
        try:
            got = condition()
        except OSError:
            got = None
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {within_s} s")
        time.sleep(0.2)


class Format(unittest.TestCase):
    def test_promtool(self):
        for names in (["healthy.example"], ["healthy.example", "broken.example"], ["-n", "127.0.0.1:1", "nothing.example"]):
            out = audit("-f", "prometheus", *names).stdout
            done = check_metrics(out)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""), names)

    def test_values(self):
        got = samples(audit("-f", "prometheus", "broken.example", "healthy.example").stdout.decode())
        want = {
            'domaincheck_domain_verdict{domain="broken.example",verdict="fail"}': "1",
            'domaincheck_domain_verdict{domain="broken.example",verdict="pass"}': "0",
            'domaincheck_domain_verdict{domain="healthy.example",verdict="pass"}': "1",
            'domaincheck_check_verdict{domain="broken.example",check="spf-lookups"}': "3",
            'domaincheck_check_verdict{domain="healthy.example",check="spf-lookups"}': "0",
            'domaincheck_spf_lookups{domain="broken.example"}': "11",
            'domaincheck_spf_lookups_headroom{domain="broken.example"}': "-1",
            'domaincheck_dkim_key_bitlength{domain="broken.example",selector="s1",type="rsa"}': "512",
            'domaincheck_run_domains{verdict="fail"}': "1",
        }
        self.assertEqual({series: got.get(series) for series in want}, want)

    def test_sums_are_those_of_the_json(self):
        got = samples(audit("-f", "prometheus", "broken.example").stdout.decode())
        summary = json.loads(audit("-f", "json", "broken.example").stdout)["summary"]
        for name, severity in (("errors", "error"), ("warnings", "warning"), ("notices", "notice"),
                               ("inconclusive", "inconclusive"), ("waived", "waived")):
            self.assertEqual(got[f'domaincheck_findings{{domain="broken.example",severity="{severity}"}}'],
                             str(summary[name]))
        self.assertEqual(got['domaincheck_questions{domain="broken.example"}'], str(summary["questions"]))

    def test_unknown_has_no_sample(self):
        out = subprocess.run([BINARY, "-n", "127.0.0.1:1", "--timeout", "0.2", "--retries", "0", "-f", "prometheus",
                              "nothing.example"], capture_output=True, check=False).stdout.decode()
        got = samples(out)
        self.assertEqual(got['domaincheck_domain_verdict{domain="nothing.example",verdict="incomplete"}'], "1")
        self.assertFalse([series for series in got if series.startswith(("domaincheck_spf", "domaincheck_dkim_key"))])
        self.assertNotEqual(got['domaincheck_questions_unanswered{domain="nothing.example"}'], "0")

    def test_merged_is_the_same(self):
        names = ["broken.example", "healthy.example"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report.ndjson")
            direct = audit("-f", "prometheus", *names, "-f", "ndjson", "-o", path).stdout.decode()
            merged = subprocess.run([BINARY, "merge", "-f", "prometheus", path], capture_output=True, check=False).stdout.decode()
        drop = re.compile(r"timestamp|duration")
        self.assertEqual(*({s: v for s, v in samples(text).items() if not drop.search(s)} for text in (direct, merged)))

    def test_file_can_be_read_by_others(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "domaincheck.prom")
            old = os.umask(0o022)
            try:
                audit("-f", "prometheus", "-o", path, "healthy.example")
            finally:
                os.umask(old)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o644)
            self.assertEqual(os.listdir(folder), ["domaincheck.prom"])


class Rules(unittest.TestCase):
    def test_rules(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(EXAMPLES, "prometheus-alerts.yml"), folder)
            shutil.copy(os.path.join(HERE, "prometheus", "alerts_test.yml"), folder)
            for command in (["check", "rules", "prometheus-alerts.yml"], ["test", "rules", "alerts_test.yml"]):
                done = subprocess.run(["promtool", *command], cwd=folder, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_manual_has_every_metric(self):
        with open(os.path.join(ROOT, "docs", "man", "domaincheck-report.5"), encoding="utf-8") as f:
            documented = set(re.findall(r"domaincheck_[a-z_]+", f.read()))
        with open(os.path.join(ROOT, "src", "render", "prometheus.c"), encoding="utf-8") as f:
            self.assertEqual(documented, set(re.findall(r'"(domaincheck_[a-z_]+)"', f.read())))

    def test_every_metric_named_exists(self):
        """Alerts and dashboard ask for what the report has."""
        out = audit("-f", "prometheus", "broken.example").stdout.decode()
        known = set(re.findall(r"^# TYPE (\S+)", out, re.M)) | {"domaincheck_dkim_key_first_seen_timestamp_seconds"}
        for path in filter(os.path.isfile, glob.glob(os.path.join(EXAMPLES, "*"))):
            with open(path, encoding="utf-8") as f:
                for name in re.findall(r"\bdomaincheck_[a-z_]+", f.read()):
                    if os.path.basename(path).startswith(("prometheus", "grafana")):
                        self.assertIn(name, known, path)


class Scraped(unittest.TestCase):
    """node_exporter reads the file, Prometheus scrapes node_exporter, and answers over its API."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.audit_twice()
        exporter, cls.port = free_port(), free_port()
        with open(os.path.join(cls.folder, "prometheus.yml"), "w", encoding="utf-8") as f:
            f.write("global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
                    f"rule_files: [{EXAMPLES}/prometheus-alerts.yml]\n"
                    f"scrape_configs: [{{job_name: node, static_configs: [{{targets: ['127.0.0.1:{exporter}']}}]}}]\n")
        cls.start(["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
                   f"--collector.textfile.directory={cls.folder}/textfile", f"--web.listen-address=127.0.0.1:{exporter}"])
        cls.start(["prometheus", f"--config.file={cls.folder}/prometheus.yml", f"--storage.tsdb.path={cls.folder}/tsdb",
                   f"--web.listen-address=127.0.0.1:{cls.port}", "--log.level=error"])
        wait("prometheus", START_S, lambda: cls.ask("query", query="vector(1)"))
        wait("a scrape", SCRAPE_S, lambda: cls.query("domaincheck_run_info"))

    @classmethod
    def audit_twice(cls):
        """The second with the first as its baseline: it knows since when the keys are there."""
        os.mkdir(f"{cls.folder}/textfile")
        first = f"{cls.folder}/first.json"
        names = ["broken.example", "healthy.example"]
        audit("-f", "json", "-o", first, "--now", "2026-01-01T00:00:00Z", "healthy.example")
        audit("--baseline", first, "-f", "prometheus", "-o", f"{cls.folder}/textfile/domaincheck.prom", *names)

    @classmethod
    def start(cls, command):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cls.folder,
                                 preexec_fn=die_with_parent)

        def stop():
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        cls.addClassCleanup(stop)

    @classmethod
    def ask(cls, what, **arguments):
        url = f"http://127.0.0.1:{cls.port}/api/v1/{what}?{urllib.parse.urlencode(arguments)}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as reply:
            return json.load(reply)["data"]

    @classmethod
    def query(cls, expression):
        return cls.ask("query", query=expression)["result"]

    def test_no_scrape_error(self):
        self.assertEqual([item["value"][1] for item in self.query("node_textfile_scrape_error")], ["0"])

    def test_values_arrive(self):
        got = self.query('domaincheck_spf_lookups{domain="broken.example"}')
        self.assertEqual([item["value"][1] for item in got], ["11"])
        got = self.query("sum by (verdict) (domaincheck_domain_verdict)")
        self.assertEqual({item["metric"]["verdict"]: item["value"][1] for item in got},
                         {"pass": "1", "incomplete": "0", "fail": "1"})

    def test_alerts_fire(self):
        def firing():
            alerts = self.ask("alerts")["alerts"]
            return {(a["labels"]["alertname"], a["labels"].get("domain")) for a in alerts if a["state"] == "firing"}
        want = {("DomainTurnedRed", "broken.example"), ("SpfHeadroomLow", "broken.example"),
                ("CheckTurnedRed", "broken.example"), ("DkimKeyShort", "broken.example"),
                ("DkimKeyOld", "healthy.example")}
        wait("alerts", SCRAPE_S, lambda: want <= firing())
        self.assertNotIn(("DomainTurnedRed", "healthy.example"), firing())
        self.assertNotIn(("AuditStale", None), firing())

    def test_every_query_of_the_dashboard(self):
        with open(os.path.join(EXAMPLES, "grafana-dashboard.json"), encoding="utf-8") as f:
            dashboard = json.load(f)
        ids = [panel["id"] for panel in dashboard["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        # Not in this fleet, or rightly empty
        empty_is_right = {"Questions without an answer", "Profiles that fail, by number of domains"}
        asked = 0
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                expression = target["expr"].replace("$domain", ".*")
                with self.subTest(panel["title"], expression=expression):
                    asked += 1
                    if panel["title"] not in empty_is_right:
                        self.assertTrue(self.query(expression))
                    else:
                        self.query(expression)
        self.assertGreater(asked, 15)
        variable = dashboard["templating"]["list"][1]["definition"]
        series, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable).groups()
        self.assertEqual(sorted({item["metric"][label] for item in self.query(series)}), ["broken.example", "healthy.example"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
