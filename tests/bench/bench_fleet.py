#!/usr/bin/python3
"""How fast is a fleet?

usage: bench_fleet.py BINARY DELAY [--quick] [--domains N] [--names N]

A world of 20,000 domains (fleet_world.py; --quick: 2,000) on NSD, behind unbound, behind DELAY (delay.c) where answers are
to come late. Servers run on the last core, the program and dnsperf on the first. Prints, as figures and ratios: questions a second
against dnsperf sending the very same questions to the same resolver, domains a second at 0 and at 20 ms, questions and CPU a
domain (the receiver's processes included), and memory for few and for many names. Goals that are missed are marked; the
exit status is 0 all the same, for machines differ.
"""

import argparse
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "../e2e"))

import fleet_world
from lab import ask, can_bind, die_with_parent

DELAY_MS = 20
NOW = "2026-11-20T12:00:00Z"
START_S = 60
PORTS = range(25500, 26000)
CLIENT_CPU, SERVER_CPU = 0, (os.cpu_count() or 1) - 1


def pinned(cpu):
    def before_exec():
        die_with_parent()
        os.sched_setaffinity(0, {cpu})
    return before_exec


def tool(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise SystemExit(f"{name} is not installed: see tests/packages.txt")
    return path


class Servers:
    def __init__(self, folder, domains, delay):
        self.folder, self.running = folder, []
        self.address = f"127.{random.randint(64, 126)}.{random.randint(0, 255)}.1"
        ports = [port for port in random.sample(PORTS, 100) if can_bind(self.address, port)]
        self.nsd, self.unbound, self.late = ports[:3]
        self.names = fleet_world.write(self.path("world.zone"), domains)
        self.launch("nsd", "-d", "-c", self.write("nsd.conf", f"""server:
	ip-address: {self.address}@{self.nsd}
	username: ""
	chroot: ""
	zonesdir: "{folder}"
	database: ""
	pidfile: "{self.path('nsd.pid')}"
	xfrdfile: "{self.path('nsd.xfrd')}"
	zonelistfile: "{self.path('nsd.zones')}"
	xfrdir: "{folder}"
	server-count: 1
	rrl-ratelimit: 0
remote-control:
	control-enable: no
zone:
	name: "."
	zonefile: "world.zone"
"""))
        self.launch("unbound", "-d", "-c", self.write("unbound.conf", f"""server:
	interface: {self.address}@{self.unbound}
	access-control: 127.0.0.0/8 allow
	username: ""
	chroot: ""
	directory: "{folder}"
	pidfile: "{self.path('unbound.pid')}"
	use-syslog: no
	num-threads: 1
	do-ip6: no
	do-not-query-localhost: no
	module-config: "iterator"
	outgoing-range: 4096
	num-queries-per-thread: 4096
	msg-cache-size: 1g
	rrset-cache-size: 1g
	cache-min-ttl: 3600
	unblock-lan-zones: yes
	qname-minimisation: no
	so-rcvbuf: 4m
stub-zone:
	name: "."
	stub-addr: {self.address}@{self.nsd}
remote-control:
	control-enable: no
"""))
        self.launch(delay, str(DELAY_MS), self.address, str(self.late), self.address, str(self.unbound))
        for port in (self.nsd, self.unbound, self.late):
            self.wait(port)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        return self.path(name)

    def launch(self, name, *args):
        log = open(self.path(os.path.basename(name) + ".log"), "wb")
        self.running.append(subprocess.Popen([tool(name), *args], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             cwd=self.folder, preexec_fn=pinned(SERVER_CPU)))

    def wait(self, port):
        end = time.monotonic() + START_S
        while ask(self.address, port, self.names[0], 16) is None:
            if time.monotonic() > end:
                raise SystemExit(f"a server did not come up; see {self.folder}")
            time.sleep(0.1)

    def at(self, port):
        return f"{self.address}:{port}"

    def stop(self):
        for server in self.running:
            server.terminate()
        for server in self.running:
            server.wait()


class Run:
    """One run of the program over `names`: its time, its CPU (children included), its memory, its questions."""

    def __init__(self, binary, servers, port, names, *args):
        listed = servers.write("names.txt", "\n".join(names) + "\n")
        out = servers.path("out.ndjson")
        begun = time.monotonic()
        with open(out, "wb") as f:
            child = subprocess.Popen([binary, "-n", servers.at(port), "-i", listed, "-f", "ndjson", "--now", NOW, *args],
                                     stdout=f, stderr=subprocess.DEVNULL, preexec_fn=pinned(CLIENT_CPU))
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - begun
        self.cpu_ms = 1000 * (usage.ru_utime + usage.ru_stime)
        self.peak_kib = usage.ru_maxrss
        self.domains = len(names)
        self.questions = self.unanswered = self.lines = 0
        with open(out, "rb") as f:
            for line in f:
                self.lines += 1
                self.questions += int(re.search(rb'"questions":(\d+)', line)[1])
                self.unanswered += int(re.search(rb'"unanswered":(\d+)', line)[1])
        if child.returncode not in (0, 1, 3) or self.lines != self.domains:
            raise SystemExit(f"the run failed: status {child.returncode}, {self.lines} of {self.domains} domains")

    @property
    def rate(self):
        return self.domains / self.seconds


def questions_of(recording, data):
    """Turns a recording into questions for dnsperf, each once as our cache asks them; returns how many."""
    seen = {}
    with open(recording, encoding="utf-8", errors="replace") as f:
        for line in f:
            words = line.split(" ", 3)
            if words[0] == "dns" and '"' not in words[1]:
                seen[f"{words[1]} {words[2]}"] = True
    with open(data, "w", encoding="utf-8") as f:
        f.write("\n".join(seen) + "\n")
    return len(seen)


def dnsperf(servers, data):
    """Questions a second by dnsperf, each sent once, as many on their way as it can have."""
    result = subprocess.run([tool("dnsperf"), "-s", servers.address, "-p", str(servers.unbound), "-d", data, "-n", "1",
                             "-c", "1", "-T", "1", "-q", "500", "-t", "5"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            encoding="utf-8", check=True, preexec_fn=pinned(CLIENT_CPU)).stdout
    return float(re.search(r"Queries per second:\s+([\d.]+)", result)[1])


def say(what, figure, goal=None, good=True):
    print(f"{what:<58} {figure:>14}" + (f"   goal {goal}{'' if good else ': MISSED'}" if goal else ""), flush=True)


def bench(binary, servers, options):
    names = servers.names
    some = names[:min(2000, len(names))]
    recording = servers.path("recording")
    Run(binary, servers, servers.unbound, some, "--record", recording)
    count = questions_of(recording, servers.path("questions"))
    peer = max(dnsperf(servers, servers.path("questions")) for _ in range(2))
    ours = min((Run(binary, servers, servers.unbound, some) for _ in range(2)), key=lambda run: run.seconds)
    rate = count / ours.seconds
    say(f"questions/s, {count} questions of {len(some)} domains", f"{rate:.0f}")
    say("the same by dnsperf", f"{peer:.0f}")
    say("ours / dnsperf's", f"{rate / peer:.2f}", "0.50", rate / peer >= 0.5)

    if len(names) > len(some):
        Run(binary, servers, servers.unbound, names)  # the resolver has every answer now
    near = Run(binary, servers, servers.unbound, names)
    say("domains/s at 0 ms", f"{near.rate:.0f}", "2500", near.rate >= 2500)
    far = Run(binary, servers, servers.late, names)
    say(f"domains/s at {DELAY_MS} ms", f"{far.rate:.0f}", "1500", far.rate >= 1500)
    say("questions a domain (shared answers counted for each)", f"{near.questions / near.domains:.1f}")
    say("questions on the wire a domain", f"{count / len(some):.1f}")
    say("unanswered, 0 ms and delayed", f"{near.unanswered} {far.unanswered}", "0", near.unanswered + far.unanswered == 0)
    cpu = near.cpu_ms / near.domains
    say("CPU ms a domain, receivers included", f"{cpu:.3f}", "0.400", cpu <= 0.4)

    few, many = (200, 2000) if options.quick else (1000, options.names)
    # Names beyond the world: below its domains, where there is nothing
    longer = names + [f"s{i}.{names[i % len(names)]}" for i in range(max(0, many - len(names)))]
    small = Run(binary, servers, servers.unbound, longer[:few])
    large = Run(binary, servers, servers.unbound, longer[:many])
    more = (large.peak_kib - small.peak_kib) / 1024
    say(f"peak memory, MiB, {few} names", f"{small.peak_kib / 1024:.1f}")
    say(f"peak memory, MiB, {many} names", f"{large.peak_kib / 1024:.1f}")
    say("more for the many, MiB", f"{more:.1f}", "64", more <= 64)


def main():
    parser = argparse.ArgumentParser(description="bench of a fleet")
    parser.add_argument("binary")
    parser.add_argument("delay")
    parser.add_argument("--quick", action="store_true", help="2,000 domains")
    parser.add_argument("--domains", type=int, default=20000)
    parser.add_argument("--names", type=int, default=50000)
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    with tempfile.TemporaryDirectory(prefix="domaincheck-bench-") as folder:
        servers = Servers(folder, 2000 if options.quick else options.domains, os.path.abspath(options.delay))
        try:
            bench(options.binary, servers, options)
        finally:
            servers.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
