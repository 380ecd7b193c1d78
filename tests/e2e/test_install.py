#!/usr/bin/python3
"""Installs into an empty folder and builds docs/examples/library.c against what is there.

usage: test_install.py SOURCE_ROOT BUILD_ROOT
"""

import glob
import os
import subprocess
import sys
import tempfile


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(what, true):
    if not true:
        sys.exit(f"not so: {what}")


def main():
    source, build = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as root:
        run("meson", "install", "-C", build, "--no-rebuild", "--destdir", root)
        pc = glob.glob(f"{root}/**/domaincheck.pc", recursive=True)
        expect("one pkg-config file", len(pc) == 1)
        prefix = pc[0].split("/lib")[0]
        headers = sorted(os.listdir(f"{prefix}/include/domaincheck"))
        expect("only public headers", headers == sorted(os.listdir(f"{source}/include/domaincheck")))
        expect("the manual page", glob.glob(f"{prefix}/share/man/man1/domaincheck.1*"))
        expect("the page about manifests", glob.glob(f"{prefix}/share/man/man5/domaincheck-manifest.5*"))
        with open(f"{prefix}/share/domaincheck/schema/manifest.json", encoding="utf-8") as f:
            expect("the schema of manifests, with the words to complete", '"amazonses"' in f.read())
        env = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(pc[0]), PKG_CONFIG_SYSROOT_DIR=root)
        flags = run("pkg-config", "--cflags", "--libs", "domaincheck", env=env).split()
        program = f"{root}/library"
        run("cc", "-Wall", "-Wextra", "-Werror", f"{source}/docs/examples/library.c", *flags, "-o", program)
        libdir = os.path.dirname(os.path.dirname(pc[0]))
        env["LD_LIBRARY_PATH"] = libdir
        out = run(program, f"{source}/data/demo/demo.zone", "healthy.example", "broken.example", env=env)
        expect(f"verdicts, not {out!r}", out == "healthy.example may send\nbroken.example must not send\n")
        help_text = run(f"{prefix}/bin/domaincheck", "--help", env=env)
        expect("the installed program runs", help_text.startswith("usage: domaincheck"))


main()
