#!/usr/bin/python3
"""The store of runs: what it tells, and that it stays whole when a run is killed at any point, when several write at once,
when it is of another program or of another version.

usage: test_history.py BINARY
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import jsonschema

from lab import HERE

BINARY = os.path.abspath(sys.argv.pop(1))
DEMO = os.path.join(os.path.dirname(os.path.dirname(HERE)), "data", "demo", "demo.zone")
BAD, GOOD = "sp=rejct", "sp=reject; rua=mailto:dmarc@broken.example"
DAYS = ["2026-11-01", "2026-11-05", "2026-11-09"]


def call(*args, **more):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, check=False, **more)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.db = f"{self.folder}/store.db"

    def zone(self, name, *changes):
        with open(DEMO, encoding="ascii") as f:
            text = f.read()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        path = f"{self.folder}/{name}.zone"
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        return path

    def report(self, name, day, zone=DEMO, form="json", domains=("broken.example", "healthy.example")):
        path = f"{self.folder}/{name}.{form}"
        call("-z", zone, "-s", "s1", *domains, "-f", form, "-o", path, "--now", f"{day}T12:00:00Z")
        return path

    def history(self, *args):
        done = call("history", "--db", self.db, *args)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def ask(self, sql, *values):
        with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as db:
            return db.execute(sql, values).fetchall()

    def three_runs(self):
        mended = self.zone("mended", (BAD, GOOD))
        self.history("-q", self.report("a", DAYS[0]), self.report("b", DAYS[1], mended), self.report("c", DAYS[2], mended))


class Tells(Case):
    def test_first_and_last_seen(self):
        self.three_runs()
        got = json.loads(self.history("-f", "json"))
        self.assertEqual(got["schema"], "domaincheck.history/1")
        self.assertEqual([run["started"][:10] for run in got["runs"]], DAYS)
        found = {item["id"]: item for item in got["findings"] if item["domain"] == "broken.example"}
        gone, kept = found["dmarc-ignored"], found["spf-too-many-lookups"]
        self.assertEqual((gone["first_seen"][:10], gone["last_seen"][:10], gone["open"], gone["runs"]), (DAYS[0], DAYS[0], False, 1))
        self.assertEqual((kept["first_seen"][:10], kept["last_seen"][:10], kept["open"], kept["runs"]), (DAYS[0], DAYS[2], True, 3))
        keys = {key["name"]: key for key in got["keys"]}
        self.assertEqual(keys["s1._domainkey.healthy.example"]["first_seen"][:10], DAYS[0])
        self.assertEqual(keys["s1._domainkey.broken.example"]["bits"], 512)

    def test_schema(self):
        self.three_runs()
        with open(os.path.join(os.path.dirname(os.path.dirname(HERE)), "data", "schema", "history.json"), encoding="utf-8") as f:
            validator = jsonschema.Draft202012Validator(json.load(f))
        self.assertEqual([fault.message for fault in validator.iter_errors(json.loads(self.history("-f", "json")))], [])

    def test_a_key_that_changed(self):
        with open(DEMO, encoding="ascii") as f:
            line = next(line for line in f if "MFwwDQ" in line)
        key = line.split("p=")[1].split('"')[0]
        other = subprocess.run("openssl genrsa 1024 2>/dev/null | openssl rsa -pubout -outform DER 2>/dev/null | base64 -w0", shell=True,
                               capture_output=True, text=True, check=True).stdout
        self.history("-q", self.report("a", DAYS[0]), self.report("b", DAYS[1], self.zone("rolled", (key, other))))
        keys = [item for item in json.loads(self.history("-f", "json"))["keys"] if item["name"] == "s1._domainkey.broken.example"]
        self.assertEqual([(item["bits"], item["first_seen"][:10], item["published"]) for item in keys],
                         [(1024, DAYS[1], True), (512, DAYS[0], False)])

    def test_text(self):
        self.three_runs()
        text = self.history()
        for part in ("2026-11-05 12:00", "nothing changed", "2026-11-01  broken.example: error: spf-too-many-lookups", "512 bits"):
            self.assertIn(part, text)
        self.assertNotIn("dmarc-ignored", text)
        self.assertIn("2026-11-01  2026-11-01  broken.example: error: dmarc-ignored", self.history("-v"))
        self.assertNotIn("healthy.example", self.history("-v", "--domain", "broken.example"))

    def test_order_of_adding_does_not_matter(self):
        late, early = self.report("late", DAYS[2]), self.report("early", DAYS[0])
        self.history("-q", late, early)
        backwards = json.loads(self.history("-f", "json"))
        os.unlink(self.db)
        self.history("-q", early, late)
        self.assertEqual(json.loads(self.history("-f", "json")), backwards)

    def test_figures_are_those_of_the_report(self):
        path = self.report("a", DAYS[0])
        self.history("-q", path)
        with open(path, encoding="utf-8") as f:
            summary = json.load(f)["summary"]
        run, = json.loads(self.history("-f", "json"))["runs"]
        for name in ("domains", "pass", "incomplete", "fail", "errors", "warnings", "notices", "inconclusive", "waived"):
            self.assertEqual(run[name], summary[name], name)

    def test_ndjson_and_stdin(self):
        lines = self.report("a", DAYS[0], form="ndjson")
        with open(lines, "rb") as f:
            done = subprocess.run([BINARY, "history", "--db", self.db, "-q", "-"], stdin=f, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(self.ask("SELECT domains FROM runs"), [(2,)])

    def test_domain_twice_counts_once(self):
        lines = self.report("a", DAYS[0], form="ndjson")
        with open(lines, encoding="utf-8") as f:
            text = f.read()
        with open(lines, "w", encoding="utf-8") as f:
            f.write(text + text)
        self.history("-q", lines)
        self.assertEqual(self.ask("SELECT domains, (SELECT count(*) FROM domains) FROM runs"), [(2, 2)])

    def test_same_report_twice(self):
        path = self.report("a", DAYS[0])
        self.history("-q", path)
        done = call("history", "--db", self.db, "-q", path)
        self.assertEqual((done.returncode, done.stderr), (0, f"domaincheck: {path}: is in the store already\n"))
        self.assertEqual(self.ask("SELECT count(*) FROM runs"), [(1,)])

    def test_views(self):
        self.three_runs()
        self.assertEqual(self.ask("SELECT first_seen, open FROM finding_history WHERE finding = 'dmarc-ignored'"),
                         [(f"{DAYS[0]}T12:00:00Z", 0)])
        self.assertEqual(self.ask("SELECT count(*) FROM key_history WHERE open"), [(2,)])
        self.assertEqual(self.ask("SELECT domain FROM latest ORDER BY domain"), [("broken.example",), ("healthy.example",)])


class Used(Case):
    def test_baseline(self):
        self.history("-q", self.report("a", DAYS[0]))
        done = call("-z", DEMO, "-s", "s1", "broken.example", "--baseline", f"history:{self.db}", "-f", "json", "--now", "2027-11-20T00:00:00Z")
        self.assertEqual(done.returncode, 0)
        domain, = json.loads(done.stdout)["domains"]
        # The key is a year old by now: that is new.
        self.assertEqual([item["id"] for item in domain["findings"] if "waived" not in item and not item["inconclusive"]], ["dkim-key-old"])
        self.assertEqual(domain["facts"]["dkim"]["selectors"][0]["key_since"], f"{DAYS[0]}T12:00:00Z")

    def test_mended_finding_is_no_baseline(self):
        """What the latest audit did not find any more is new when it comes back."""
        self.three_runs()
        done = call("-z", DEMO, "-s", "s1", "broken.example", "--baseline", f"history:{self.db}", "-f", "json")
        domain, = json.loads(done.stdout)["domains"]
        self.assertIn("dmarc-ignored", [item["id"] for item in domain["findings"] if "waived" not in item])
        self.assertEqual(done.returncode, 1)

    def test_html_trend(self):
        self.three_runs()
        page = call("-z", DEMO, "-s", "s1", "broken.example", "healthy.example", "-f", "html", "--history", self.db).stdout
        self.assertIn("How it went", page)
        self.assertIn("4 runs, 2026-11-01 to ", page)
        self.assertNotIn("How it went", call("-z", DEMO, "healthy.example", "-f", "html").stdout)


class Refused(Case):
    def fails(self, words, *args, status=2):
        done = call("history", *args)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (status, 1), done.stderr)
        self.assertIn(words, done.stderr)

    def test_no_store(self):
        self.fails("unable to open", "--db", self.db)
        self.assertFalse(os.path.exists(self.db))
        done = call("-z", DEMO, "healthy.example", "--baseline", f"history:{self.db}")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)

    def test_no_db_given(self):
        self.fails("--db FILE")

    def test_no_database(self):
        with open(self.db, "w", encoding="ascii") as f:
            f.write("not a database, but long enough to look like one " * 100)
        self.fails("is no store of domaincheck", "--db", self.db)

    def test_database_of_another_program(self):
        with sqlite3.connect(self.db) as db:
            db.execute("CREATE TABLE runs (mine)")
        with open(self.db, "rb") as f:
            before = f.read()
        self.fails("another program", "--db", self.db, self.report("a", DAYS[0]))
        with open(self.db, "rb") as f:
            self.assertEqual(f.read(), before)

    def test_later_version(self):
        self.history("-q", self.report("a", DAYS[0]))
        with sqlite3.connect(self.db) as db:
            db.execute("PRAGMA user_version = 99")
        self.fails("later version", "--db", self.db)

    def test_earlier_version(self):
        """A store of version 1 has the tables and no views: it is brought up to date, and keeps what it has."""
        self.history("-q", self.report("a", DAYS[0]))
        with sqlite3.connect(self.db) as db:
            for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'index') AND sql IS NOT NULL").fetchall():
                db.execute(f"DROP {kind} {name}")
            db.execute("PRAGMA user_version = 1")
        self.history("-q", self.report("b", DAYS[1]))
        self.assertEqual(self.ask("SELECT max(runs) FROM finding_history"), [(2,)])
        self.assertEqual(self.ask("PRAGMA user_version"), [(2,)])

    def test_no_report(self):
        for text in ("{}", "[]", "no", "{\"domains\": [{\"domain\": \"a\"}]}", "{\"domains\": 1}", "{\"domain\": \"a.example\", \"findings\": []}"):
            path = f"{self.folder}/bad"
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
            done = call("history", "--db", self.db, "-q", path)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), (text, done.stderr))
        self.assertEqual(self.ask("SELECT count(*) FROM runs"), [(0,)])
        self.assertEqual(self.ask("SELECT count(*) FROM domains"), [(0,)])


class Survives(Case):
    def whole(self, *runs):
        """The store is sound, and has exactly these numbers of runs, or one of them."""
        with sqlite3.connect(self.db) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(db.execute("PRAGMA foreign_key_check").fetchall(), [])
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self.assertIn(0, runs)
                return 0
            count = db.execute("SELECT count(*) FROM runs").fetchone()[0]
            self.assertIn(count, runs)
            self.assertEqual(db.execute("SELECT id FROM runs r WHERE domains <> (SELECT count(*) FROM domains d WHERE d.run = r.id) "
                                        "OR NOT EXISTS (SELECT 1 FROM findings f WHERE f.run = r.id)").fetchall(), [])
        return count

    def test_killed_at_every_write(self):
        """strace kills it at the n-th system call that changes the file, for every n there is."""
        first, second = self.report("a", DAYS[0]), self.report("b", DAYS[1])
        calls = "pwrite64,write,ftruncate,fdatasync,fsync,unlink,openat"
        seen, killed = set(), 0
        for number in range(1, 400):
            for path in (self.db, self.db + "-wal", self.db + "-shm"):
                if os.path.exists(path):
                    os.unlink(path)
            if number % 2:  # an empty folder, and a store that has a run
                self.history("-q", first)
            before = number % 2
            done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e",
                                   f"inject={calls}:signal=KILL:when={number // 2 + 1}", BINARY, "history", "--db", self.db, "-q", second],
                                  capture_output=True, check=False)
            if done.returncode == 0:
                seen.add(before)
                if seen == {0, 1}:
                    break
                continue
            killed += 1
            if os.path.exists(self.db):
                self.whole(before, before + 1)
            call("history", "--db", self.db, "-q", second)
            self.whole(before + 1)
        self.assertGreater(killed, 20)
        self.assertEqual(seen, {0, 1})

    def test_killed_at_any_time(self):
        reports = [self.report(f"r{i}", f"2026-10-{i + 1:02}") for i in range(12)]
        self.history("-q", reports[0])
        started = time.monotonic()
        call("history", "--db", self.db, "-q", *reports[1:4])
        took = time.monotonic() - started
        have = self.whole(4)
        for round_ in range(40):
            child = subprocess.Popen([BINARY, "history", "--db", self.db, "-q", *reports], stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0, took * 3))
            child.send_signal(signal.SIGKILL)
            child.wait()
            now = self.whole(*range(have, 13))
            have = now
            if have == 12:  # again from the beginning
                for end in ("", "-wal", "-shm"):
                    if os.path.exists(self.db + end):
                        os.unlink(self.db + end)
                self.history("-q", reports[0])
                have = 1
        self.history("-q", self.report("last", "2026-11-01"))

    def test_many_at_once(self):
        reports = [self.report(f"r{i}", f"2026-10-{i + 1:02}") for i in range(10)]
        for _ in range(3):
            children = [subprocess.Popen([BINARY, "history", "--db", self.db, "-q", path], stderr=subprocess.PIPE) for path in reports]
            faults = [child.communicate()[1] for child in children]
            self.assertEqual(([child.returncode for child in children], faults), ([0] * 10, [b""] * 10))
            self.whole(10)
            self.assertEqual(self.ask("SELECT count(*) FROM runs"), [(10,)])
            for end in ("", "-wal", "-shm"):
                if os.path.exists(self.db + end):
                    os.unlink(self.db + end)

    def test_reader_while_another_writes(self):
        path = self.report("a", DAYS[0])
        self.history("-q", path)
        with sqlite3.connect(self.db) as db:
            db.execute("BEGIN IMMEDIATE")
            self.assertIn("2026-11-01", self.history())
            db.execute("ROLLBACK")

    def test_folder_that_cannot_be_written(self):
        """A store that only others write, say one of a web server, can be read."""
        def bound(*args):  # root may write anywhere, until it has no capabilities
            plain = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
            return subprocess.run([*plain, BINARY, *args], capture_output=True, text=True, check=False)

        report = self.report("a", DAYS[0])
        self.history("-q", report)
        folder = f"{self.folder}/shut 100%?#"
        os.mkdir(folder)
        path = f"{folder}/store.db"
        os.rename(self.db, path)
        for mode in (0o644, 0o444):
            os.chmod(path, mode)
            os.chmod(folder, 0o555)
            done = bound("history", "--db", path)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("2026-11-01", done.stdout)
            done = bound("-z", DEMO, "-s", "s1", "-q", "broken.example", "--baseline", f"history:{path}")
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            done = bound("history", "--db", path, self.report("b", DAYS[1]))
            self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (2, 1, ""), done.stderr)
            os.chmod(folder, 0o755)
            self.assertEqual(os.listdir(folder), ["store.db"])
            with open(f"{path}-wal", "w", encoding="ascii") as f:
                f.write("what somebody has not yet put into the store")
            os.chmod(folder, 0o555)
            done = bound("history", "--db", path)
            self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (2, 1, ""), done.stderr)
            self.assertIn("cannot be written", done.stderr)
            os.chmod(folder, 0o755)
            os.unlink(f"{path}-wal")

    def test_full_disk(self):
        """A write that fails leaves the store as it was, and one line says so."""
        self.history("-q", self.report("a", DAYS[0]))
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=2+",
                               BINARY, "history", "--db", self.db, "-q", self.report("b", DAYS[1])], capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.whole(1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
