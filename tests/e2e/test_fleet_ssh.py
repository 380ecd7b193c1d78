#!/usr/bin/python3
"""The recipes of docs/fleets.md: one list over several machines with GNU parallel over ssh, to a real sshd on loopback.

usage: test_fleet_ssh.py BINARY [TEST...]      exit status 77: no sshd or no parallel here
"""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from test_fleet import Fleet, domains_of
from tool import Tests

test = Tests()
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
NEEDED = ("sshd", "ssh", "ssh-keygen", "parallel")


class Machines:
    """An sshd with keys of its own, and an ssh that knows it as two hosts."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name)], check=True)
        with open(self.path("user_key.pub")) as f:
            self.write("authorized", f.read())
        self.write("sshd.conf", f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.path('host_key')}\nUsePAM no\nStrictModes no\n"
                   f"PidFile none\nAuthorizedKeysFile {self.path('authorized')}\nPermitRootLogin yes\n"
                   "PasswordAuthentication no\nMaxStartups 100\n")
        self.write("ssh.conf", f"Host host1 host2\nHostName 127.0.0.1\nPort {self.port}\nIdentityFile {self.path('user_key')}\n"
                   f"IdentitiesOnly yes\nUser {getpass.getuser()}\nStrictHostKeyChecking no\n"
                   f"UserKnownHostsFile {self.path('known')}\nLogLevel ERROR\n")
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.server = subprocess.Popen([shutil.which("sshd", path=PATH), "-D", "-e", "-f", self.path("sshd.conf")],
                                       stdin=subprocess.DEVNULL, stderr=open(self.path("sshd.log"), "w"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)

    def ready(self):
        for _ in range(50):
            probe = subprocess.run(["ssh", "-F", self.path("ssh.conf"), "host1", "true"], stdin=subprocess.DEVNULL,
                                   capture_output=True)
            if probe.returncode == 0:
                return True
            time.sleep(0.1)
        return False

    def parallel(self, *args, stdin=""):
        env = dict(os.environ, PARALLEL_HOME=self.path("parallel"), PARALLEL_SSH=f"ssh -F {self.path('ssh.conf')}", SHELL="/bin/sh")
        os.makedirs(self.path("parallel"), exist_ok=True)
        self.write("parallel/will-cite", "")
        return subprocess.run(["parallel", "--sshlogin", "host1,host2", *args], input=stdin, capture_output=True, text=True,
                              env=env, timeout=60)

    def close(self):
        self.server.terminate()
        self.server.wait(5)


@test
def blocks_of_the_list(fleet, machines):
    command = " ".join([fleet.tool.binary, *fleet.zone, "-f", "ndjson"])
    done = machines.parallel("--pipe", "-N", "10", "--keep-order", command + "; true",
                             stdin="".join(name + "\n" for name in fleet.names))
    test.equal(domains_of(done.stdout), fleet.names, f"every domain, in order: {done.stderr}")
    test.equal(done.returncode, 0, "exit status of parallel")


@test
def shards(fleet, machines):
    names, parts = fleet.path("names.txt"), fleet.path("parts.ndjson")
    with open(names, "w") as f:
        f.write("".join(name + "\n" for name in fleet.names))
    command = " ".join([fleet.tool.binary, *fleet.zone, "-f", "ndjson", "-i", names, "--shard", "{}/4"])
    done = machines.parallel("--jobs", "1", command + "; true", ":::", "1", "2", "3", "4")
    with open(parts, "w") as f:
        f.write(done.stdout)
    test.equal((done.returncode, sorted(domains_of(done.stdout))), (0, sorted(fleet.names)), f"every domain: {done.stderr}")
    whole = fleet("-f", "ndjson", *fleet.names).out
    merged = fleet.tool("merge", "-f", "ndjson", "-i", names, parts)
    test.check(merged.out == whole, f"merged: as one run on one machine: {merged}")


if __name__ == "__main__":
    if not all(shutil.which(name, path=PATH) for name in NEEDED):
        print("skipped: needs " + ", ".join(NEEDED))
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="domaincheck-ssh-") as folder:
        running = Machines(folder)
        try:
            if not running.ready():
                with open(running.path("sshd.log")) as log:
                    print("skipped: no sshd may run here: " + log.read()[-500:])
                status = 77
            else:
                status = test.run(Fleet(sys.argv[1], folder), running)
        finally:
            running.close()
        sys.exit(status)
