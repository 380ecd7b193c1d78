#!/usr/bin/python3
"""Completions in real shells, and the pages that come from the same tables: --help, --help-all, the manual.

usage: test_completion.py BINARY
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from lab import HERE

BINARY = os.path.abspath(sys.argv.pop(1))
ROOT = os.path.dirname(os.path.dirname(HERE))
NAMES = {"bash": "domaincheck", "zsh": "_domaincheck", "fish": "domaincheck.fish"}


def run(*args):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, check=False)


def options():
    """Every long option, from the page of all of them."""
    return set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", run("--help-all").stdout, re.M))


class Shell(unittest.TestCase):
    shell = None

    # what was typed -> words that must be offered, words that must not
    CASES = [
        ("domaincheck --form", {"--format"}, {"--selector"}),
        ("domaincheck --sel", {"--selector", "--selectors"}, {"--format"}),
        ("domaincheck -f ndj", {"ndjson"}, {"json"}),
        ("domaincheck example.com --color al", {"always"}, {"auto"}),
        ("domaincheck expl", {"explain"}, {"merge"}),
        ("domaincheck explain spf-too-many-look", {"spf-too-many-lookups"}, {"spf-record"}),
        ("domaincheck history --d", {"--db", "--domain"}, {"--format"}),
        ("domaincheck completion fi", {"fish"}, {"zsh"}),
        ("domaincheck -i na", {"names.txt"}, {"other"}),
        ("domaincheck merge na", {"names.txt"}, {"other"}),
    ]

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        with open(f"{cls.folder}/{NAMES[cls.shell]}", "w", encoding="ascii") as f:
            f.write(run("completion", cls.shell).stdout)
        os.mkdir(f"{cls.folder}/here")
        for name in ("names.txt", "other"):
            with open(f"{cls.folder}/here/{name}", "w", encoding="ascii"):
                pass
        cls.file = f"{cls.folder}/{NAMES[cls.shell]}"

    def test_cases(self):
        for typed, wanted, unwanted in self.CASES:
            with self.subTest(typed):
                got = self.complete(typed)
                self.assertLessEqual(wanted, got)
                self.assertFalse(unwanted & got)


class Bash(Shell):
    shell = "bash"

    def complete(self, typed):
        words = typed.split(" ")
        script = (f'source {self.file}; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _domaincheck; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True, cwd=f"{self.folder}/here")
        return set(done.stdout.split())

    def test_registered(self):
        done = subprocess.run(["bash", "--norc", "-c", f"source {self.file}; complete -p domaincheck"], capture_output=True, text=True, check=True)
        self.assertIn("_domaincheck", done.stdout)

    def test_equals_sign(self):
        """Bash cuts words at "="."""
        script = (f"source {self.file}; COMP_WORDS=(domaincheck --format = ndj); COMP_CWORD=3; _domaincheck; "
                  "printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["ndjson"])

    def test_every_option(self):
        self.assertLessEqual({f"--{name}" for name in options()} - {"--flatten", "--db", "--domain"}, self.complete("domaincheck --"))


class Fish(Shell):
    shell = "fish"

    def complete(self, typed):
        done = subprocess.run(["fish", "--no-config", "-c", f"source {self.file}; complete -C '{typed}'"], capture_output=True, text=True,
                              check=True, cwd=f"{self.folder}/here", env=dict(os.environ, HOME=self.folder))
        self.assertEqual(done.stderr, "")
        return {line.split("\t")[0] for line in done.stdout.splitlines()}

    def test_every_option(self):
        self.assertLessEqual({f"--{name}" for name in options()} - {"--flatten", "--db", "--domain"}, self.complete("domaincheck --"))


class Zsh(Shell):
    """In a terminal: what is typed, and the list of what is possible."""

    shell = "zsh"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        child, cls.fd = pty.fork()
        if child == 0:
            os.chdir(f"{cls.folder}/here")
            os.environ.update(HOME=cls.folder, TERM="dumb", PS1="> ", ZDOTDIR=cls.folder, COLUMNS="200", LINES="60")
            os.execvp("zsh", ["zsh", "-f", "-i"])
        cls.addClassCleanup(os.close, cls.fd)
        cls.addClassCleanup(os.waitpid, child, 0)
        cls.addClassCleanup(os.kill, child, 9)
        os.write(cls.fd, f"unsetopt zle_bracketed_paste; fpath=({cls.folder} $fpath); autoload -Uz compinit; compinit -u -D; "
                         "LISTMAX=1000; echo rea''dy\n".encode())
        cls.read(cls.fd, "ready\r", 60)
        cls.read(cls.fd, None, 2)

    def complete(self, typed):
        # Ctrl-D lists what is possible and leaves the line alone; Ctrl-U takes the line away.
        os.write(self.fd, typed.encode() + b"\x04")
        text = self.read(self.fd, None, 20)
        os.write(self.fd, b"\x15")
        self.read(self.fd, "> ", 1)
        return set(re.findall(r"[\w.-]+", text.replace("\a", " ").split("\n", 1)[-1]))

    @staticmethod
    def read(fd, until, within_s=20):
        """Up to a word; or a list below the line, until nothing more comes."""
        text, end = "", time.monotonic() + within_s
        while time.monotonic() < end and (until is None or until not in text):
            ready, _, _ = select.select([fd], [], [], 0.3)
            if ready:
                text += os.read(fd, 65536).decode("utf-8", "replace")
            elif until is None and "\n" in text:
                break
        return text


class Pages(unittest.TestCase):
    def test_help_fits_a_screen(self):
        lines = run("--help").stdout.splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertGreater(len(lines), 15)
        self.assertEqual([line for line in lines if len(line) > 80], [])
        self.assertIn("--help-all", lines[-1])

    def test_help_all_has_everything(self):
        page = run("--help-all").stdout
        for name in ("format", "trust-anchor", "csv", "history", "db", "flatten", "help-all"):
            self.assertIn(f"--{name}", page)
        for form in ("text", "prometheus", "html", "junit"):
            self.assertRegex(page, rf"(?m)^  {form} ")

    def test_commands_have_help(self):
        for command in re.findall(r"^       domaincheck ([a-z]+) ", run("--help").stdout, re.M):
            done = run(command, "--help")
            self.assertEqual((command, done.returncode, done.stderr), (command, 0, ""))
            lines = done.stdout.splitlines()
            self.assertRegex(lines[0], rf"^usage: domaincheck {command}\b")
            self.assertLessEqual(len(lines), 24)
            self.assertNotIn("no such option", done.stdout)
            self.assertEqual([line for line in lines if line != line.rstrip()], [])
        page = run("history", "--help").stdout
        self.assertIn("--db FILE", page)
        self.assertNotIn("--selector", page)
        self.assertIn("--flatten", run("spf", "--help").stdout)

    def test_manual_has_every_option_and_command(self):
        with open(os.path.join(ROOT, "docs", "man", "domaincheck.1"), encoding="utf-8") as f:
            page = f.read()
        self.assertEqual([name for name in sorted(options()) if not re.search(rf"Fl -{name}\b", page)], [])
        commands = re.findall(r"^domaincheck ([a-z]+)", run("--help-all").stdout, re.M)
        self.assertGreater(len(commands), 5)
        self.assertEqual([name for name in commands if not re.search(rf"^\.Cm {name}\b", page, re.M)], [])

    def test_manual_has_every_format(self):
        with open(os.path.join(ROOT, "docs", "man", "domaincheck-report.5"), encoding="utf-8") as f:
            page = f.read()
        formats = run("--help-all").stdout.split("Formats:\n")[1].split("\n\n")[0]
        names = re.findall(r"^  (\S+)", formats, re.M)
        self.assertGreater(len(names), 8)
        self.assertEqual([name for name in names if not re.search(rf"^\.(Ss|It Cm|Cm) .*\b{name}\b", page, re.M)], [])

    def test_unknown_shell(self):
        done = run("completion", "tcsh")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))


if __name__ == "__main__":
    del Shell  # of those above
    unittest.main(verbosity=1)
