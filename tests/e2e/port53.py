#!/usr/bin/python3
"""Runs a test where it may open port 53 on loopback: here, or in a network of its own when the user may not.

usage: port53.py COMMAND...
"""

import fcntl
import os
import random
import shutil
import socket
import struct
import subprocess
import sys

import lab

INSIDE = "DOMAINCHECK_TEST_NETWORK"


def raise_loopback():
    """In a new network lo is down (SIOCSIFFLAGS, IFF_UP | IFF_RUNNING)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 0x41))


def main():
    command = sys.argv[1:]
    if INSIDE in os.environ:
        raise_loopback()
    elif not lab.can_bind(f"127.{random.randint(64, 126)}.{random.randint(0, 255)}.1", 53):
        unshare = shutil.which("unshare")
        if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode == 0:
            os.execve(unshare, [unshare, "-rn", sys.executable, *sys.argv], dict(os.environ, **{INSIDE: "1"}))
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
