#!/usr/bin/python3
"""How fast is a fleet?

usage: bench_fleet.py BINARY DELAY [--quick] [--domains N] [--names N]

A world of 20,000 domains (fleet_world.py; --quick: 2,000) on NSD, behind unbound, behind DELAY (delay.c) where answers are
to come late or to be lost. Servers run on the last core; the program, dnsperf and the peer run on the first. One line a figure,
with the goal where there is one and whether it is met, and a summary at the end. The whole takes about three minutes, --quick
half a minute. What it needs stands in packages.txt beside it. Goals that are missed do not change the exit status: machines
differ, and so does what else they do.
"""

import argparse
import json
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
LOST_PER_CENT = 5
ASKED_MUCH = 1500  # domains of which 390 questions are asked
SOME = 1000      # domains of the runs that compare reports
PEER_NAMES = 500
LONE = 8         # audits of a single domain …
TRIES = 5        # … each so often
NOW = "2026-11-20T12:00:00Z"
START_S = 60
PORTS = range(25500, 26000)
CLIENT_CPU, SERVER_CPU = 0, (os.cpu_count() or 1) - 1


def pinned(*cpus):
    def before_exec():
        die_with_parent()
        os.sched_setaffinity(0, set(cpus))
    return before_exec


def tool(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise SystemExit(f"{name} is not installed: see tests/bench/packages.txt")
    return path


class Servers:
    def __init__(self, folder, domains, delay):
        self.folder, self.running = folder, []
        self.address = f"127.{random.randint(64, 126)}.{random.randint(0, 255)}.1"
        ports = [port for port in random.sample(PORTS, 100) if can_bind(self.address, port)]
        self.nsd, self.unbound, self.late, self.lossy, self.dead = ports[:5]
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
	rrset-roundrobin: no
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
        self.launch(delay, "0", self.address, str(self.lossy), self.address, str(self.unbound), str(LOST_PER_CENT))
        self.silence = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.silence.bind((self.address, self.dead))
        for port in (self.nsd, self.unbound, self.late):
            self.wait(port)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        return self.path(name)

    def launch(self, name, *args):
        log = open(self.path(f"{os.path.basename(name)}.{len(self.running)}.log"), "wb")
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


# Runs its arguments but the first and writes their peak to the file of the first, in KiB. The kernel begins to count with the
# size of the process that forks: this one is small.
PEAK = """import os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
open(sys.argv[1], "w").write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Run:
    """One run of the program over `names`: its time, its CPU (children included), its questions."""

    def __init__(self, binary, servers, port, names, *args, cpus=(CLIENT_CPU,), below=()):
        listed = servers.write("names.txt", "\n".join(names) + "\n")
        self.out = servers.path("out.ndjson")
        ports = port if isinstance(port, list) else [port]
        begun = time.monotonic()
        with open(self.out, "wb") as f:
            child = subprocess.Popen([*below, binary, *(word for p in ports for word in ("-n", servers.at(p))), "-i", listed,
                                      "-f", "ndjson", "--now", NOW, *args],
                                     stdout=f, stderr=subprocess.DEVNULL, preexec_fn=pinned(*cpus))
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - begun
        self.cpu_ms = 1000 * (usage.ru_utime + usage.ru_stime)
        self.domains = len(names)
        self.questions = self.unanswered = self.lines = 0
        with open(self.out, "rb") as f:
            for line in f:
                self.lines += 1
                self.questions += int(re.search(rb'"questions":(\d+)', line)[1])
                self.unanswered += int(re.search(rb'"unanswered":(\d+)', line)[1])
        if child.returncode not in (0, 1, 3) or self.lines != self.domains:
            raise SystemExit(f"the run failed: status {child.returncode}, {self.lines} of {self.domains} domains")

    @property
    def rate(self):
        return self.domains / self.seconds

    def report(self):
        """The octets, but for times; the resolver counts TTLs down."""
        with open(self.out, "rb") as f:
            return re.sub(rb'"(elapsed_ms|ttl_s)":\d+', b"", f.read())

    def verdicts(self):
        """What is said of each domain: its verdict and its findings."""
        with open(self.out, encoding="utf-8") as f:
            domains = [json.loads(line) for line in f]
        return {d["domain"]: (d["verdict"], sorted((x["id"], x["subject"]) for x in d["findings"])) for d in domains}


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
    """Questions a second by dnsperf, each sent once and with EDNS, as many on their way as it can have."""
    result = subprocess.run([tool("dnsperf"), "-s", servers.address, "-p", str(servers.unbound), "-d", data, "-n", "1",
                             "-e", "-c", "1", "-T", "1", "-q", "500", "-t", "5"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            encoding="utf-8", check=True, preexec_fn=pinned(CLIENT_CPU)).stdout
    return float(re.search(r"Queries per second:\s+([\d.]+)", result)[1])


GOALS = {True: [], False: []}


def say(what, figure, goal=None, good=True):
    """One line; with a goal it is counted."""
    print(f"{what:<60} {figure:>16}" + (f"   goal {goal}: {'met' if good else 'MISSED'}" if goal else ""), flush=True)
    if goal:
        GOALS[bool(good)].append(what)


def against_dnsperf(binary, servers, names, *args):
    """In turn, so that both meet the same neighbours; the best of each counts."""
    recording, data = servers.path("recording"), servers.path("questions")
    Run(binary, servers, servers.unbound, names, "--record", recording, *args)
    count = questions_of(recording, data)
    os.unlink(recording)
    theirs, ours = [], []
    for _ in range(3):
        theirs.append(dnsperf(servers, data))
        ours.append(count / Run(binary, servers, servers.unbound, names, *args).seconds)
    say(f"questions/s, {count} questions of {len(names)} domains {' '.join(args)}".rstrip(), f"{max(ours):.0f}")
    say("the same by dnsperf", f"{max(theirs):.0f}")
    say("ours / dnsperf's", f"{max(ours) / max(theirs):.2f}", "0.50", max(ours) / max(theirs) >= 0.5)
    return count / len(names)


def peer_rate(servers, names):
    listed = servers.write("peer.txt", "\n".join(names) + "\n")
    words = subprocess.run(["/usr/bin/python3", os.path.join(HERE, "peer.py"), servers.address, str(servers.late), listed],
                           stdout=subprocess.PIPE, check=True, preexec_fn=pinned(CLIENT_CPU)).stdout.split()
    return int(words[0]) / float(words[2]), int(words[1]) / int(words[0])


def speed(binary, servers, on_the_wire):
    names = servers.names
    Run(binary, servers, servers.unbound, names)  # the resolver has every answer now
    near = max((Run(binary, servers, servers.unbound, names) for _ in range(2)), key=lambda run: run.rate)
    say("domains/s at 0 ms", f"{near.rate:.0f}", "2500", near.rate >= 2500)
    far = max((Run(binary, servers, servers.late, names) for _ in range(2)), key=lambda run: run.rate)
    peer, peer_questions = peer_rate(servers, names[:PEER_NAMES])
    say(f"domains/s at {DELAY_MS} ms", f"{far.rate:.0f}", "1500, or twice the peer", far.rate >= min(1500, 2 * peer))
    say(f"the same by the peer, {peer_questions:.1f} questions a domain", f"{peer:.0f}")
    say("ours / the peer's", f"{far.rate / peer:.1f}")
    say("questions a domain (shared answers counted for each)", f"{near.questions / near.domains:.1f}")
    say("questions on the wire a domain", f"{on_the_wire:.1f}")
    say("unanswered, 0 ms and delayed", f"{near.unanswered} {far.unanswered}", "0", near.unanswered + far.unanswered == 0)
    cpu = near.cpu_ms / near.domains
    say("CPU ms a domain, receivers included", f"{cpu:.3f}", "0.400", cpu <= 0.4)
    if (os.cpu_count() or 1) > 1:
        both = Run(binary, servers, servers.unbound, names, "--threads", "2", cpus=range(os.cpu_count()))
        say("domains/s, two threads, all cores (the servers' too)", f"{both.rate:.0f}")


def sameness(binary, servers, names):
    """Reports do not depend on how many domains are in flight, verdicts not on what is lost or dead."""
    reference = Run(binary, servers, servers.unbound, names)
    report, verdicts = reference.report(), reference.verdicts()
    odd = [words for words in (["-j", "1"], ["-j", "7"], ["-j", "2000"], ["--threads", "2"])
           if Run(binary, servers, servers.unbound, names, *words).report() != report]
    say("other reports with -j 1, 7, 2000, --threads 2", " ".join(map(str, odd)) or "0", "0", not odd)
    for what, port in ((f"{LOST_PER_CENT} % lost", servers.lossy), ("one of two resolvers dead", [servers.dead, servers.unbound])):
        run = Run(binary, servers, port, names)
        changed = sum(said != verdicts[domain] for domain, said in run.verdicts().items())
        say(f"verdicts or findings that change, {what}", f"{changed}", "0", changed == 0)
        say(f"unanswered, {what}; domains/s", f"{run.unanswered} {run.rate:.0f}")


def peak_mib(binary, servers, names):
    peak = servers.path("peak")
    Run(binary, servers, servers.unbound, names, below=(sys.executable, "-c", PEAK, peak))
    with open(peak, encoding="ascii") as f:
        return int(f.read()) / 1024


def memory(binary, servers, few, many):
    names = servers.names
    # Names beyond the world: below its domains, where there is nothing
    longer = names + [f"s{i}.{names[i % len(names)]}" for i in range(max(0, many - len(names)))]
    few_mib, many_mib = (peak_mib(binary, servers, longer[:count]) for count in (few, many))
    say(f"peak memory, MiB, {few} names", f"{few_mib:.1f}")
    say(f"peak memory, MiB, {many} names", f"{many_mib:.1f}")
    say("more for the many, MiB", f"{many_mib - few_mib:.1f}", "64", many_mib - few_mib <= 64)


def single_audits(binary, servers, names):
    """One domain alone, as a fleet audits it, against its dependent round trips, each of which costs the delay. The best of
    some runs of each name: what disturbs them is not ours. Of a name on the command line DNSSEC is validated too; bench_rtt.py
    looks at that."""
    best = []
    for name in names:
        times = []
        for _ in range(TRIES):
            Run(binary, servers, servers.late, [name])
            with open(servers.path("out.ndjson"), encoding="utf-8") as f:
                dns = json.loads(f.read())["dns"]
            times.append((dns["elapsed_ms"] / (dns["rounds"] * DELAY_MS), dns["rounds"], dns["elapsed_ms"]))
        best.append(min(times))
    ratio, rounds, elapsed_ms = sorted(best)[len(best) // 2]
    say(f"single audit, {rounds} rounds of {DELAY_MS} ms: ms (median of {len(names)})", f"{elapsed_ms}")
    say("its time / its round trips", f"{ratio:.2f}", "1.15", ratio <= 1.15)


def bench(binary, servers, options):
    names = servers.names
    on_the_wire = against_dnsperf(binary, servers, names)
    against_dnsperf(binary, servers, names[:ASKED_MUCH], "--selectors", "all")
    speed(binary, servers, on_the_wire)
    single_audits(binary, servers, names[:len(fleet_world.KINDS) * 2:len(fleet_world.KINDS) * 2 // LONE])
    sameness(binary, servers, names[:SOME])
    memory(binary, servers, *((200, 2000) if options.quick else (1000, options.names)))
    print(f"goals met: {len(GOALS[True])} of {len(GOALS[True]) + len(GOALS[False])}"
          + (f"; MISSED: {'; '.join(GOALS[False])}" if GOALS[False] else ""))


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
