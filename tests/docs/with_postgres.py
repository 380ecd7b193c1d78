#!/usr/bin/python3
"""Runs a command with a PostgreSQL of its own: a new cluster in a temporary folder, on a socket, without a network.

usage: with_postgres.py COMMAND...

PGHOST, PGUSER and PGDATABASE name it. The server refuses to be root, so it runs as "nobody" then.
"""

import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

START_S = 60


def main():
    tools = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    folder = tempfile.mkdtemp()
    root = os.getuid() == 0
    owner = pwd.getpwnam("nobody") if root else None
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def become():
        if owner:
            os.setgroups([])
            os.setgid(owner.pw_gid)
            os.setuid(owner.pw_uid)

    def tool(name, *args):
        return subprocess.run([f"{tools}/{name}", *args], cwd=folder, preexec_fn=become, capture_output=True, text=True, check=False,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})

    def must(done):
        if done.returncode != 0:
            sys.exit(f"{done.args}: {done.stdout}{done.stderr}")

    server = None
    try:
        must(tool("initdb", "-D", f"{folder}/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"))
        server = subprocess.Popen([f"{tools}/postgres", "-D", f"{folder}/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
                                  cwd=folder, preexec_fn=become, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_S
        while tool("pg_isready", "-h", folder).returncode != 0:
            if time.monotonic() > end or server.poll() is not None:
                sys.exit("PostgreSQL does not start")
            time.sleep(0.1)
        env = dict(os.environ, PGHOST=folder, PGUSER="tester", PGDATABASE="postgres")
        return subprocess.run(sys.argv[1:], env=env, check=False).returncode
    finally:
        if server:
            server.terminate()
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
