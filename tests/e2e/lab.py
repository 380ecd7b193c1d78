"""A DNS of its own on loopback: root, top-level domains, domains, resolvers, and everything that can go wrong.

    with Lab() as lab:
        subprocess.run([domaincheck, "-n", lab.resolver, "own-server.example"])

Three NSDs hold the world (world.py); unbound resolves and validates from that root; dnsdist stands before it and spoils
answers, one port a kind of trouble (lab.at("servfail") ...); small servers in threads strip signatures or say nothing.
All of it lives in a network of its own, 127.x.y.0/24 taken at random, and in a temporary folder; two labs do not meet.

Recursion needs servers on port 53. Where an ordinary user may not open it they take a high port, the resolver is told of
each zone's server, and lab.can_recurse is false.

lab.py as a program: starts the lab, prints where everything is, waits for Enter.
"""

import ctypes
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import world
from serving import UDP, Forwarder, Listener, end_of_question, header

HERE = os.path.dirname(os.path.abspath(__file__))
START_S = 20    # until every server answers
STOP_S = 5      # between asking a server to end and ending it
DELAY_MS = 50
DROP_ONE_OF = 5
DROP_BY_CHANCE = 20

# Host parts of the lab's addresses
HOSTS = {"root": 1, "tld": 2, "leaf": 3, "refusing": 4, "dead": 5, "resolver": 53, "mischief": 54}

# Kinds of questions that can be spoiled alone: dnsdist selectors
KINDS = {
    "mx": "QTypeRule(DNSQType.MX)",
    "addr": "OrRule({QTypeRule(DNSQType.A), QTypeRule(DNSQType.AAAA)})",
    "ptr": "QTypeRule(DNSQType.PTR)",
    "tlsa": "QTypeRule(52)",
    "dmarc": 'RegexRule("^_dmarc\\\\.")',
    "dkim": 'RegexRule("\\\\._domainkey\\\\.")',
    "txt": 'AndRule({QTypeRule(DNSQType.TXT), NotRule(RegexRule("^_dmarc\\\\.|\\\\._domainkey\\\\."))})',
}
# What becomes of a question: dnsdist actions
FATES = {"servfail": "RCodeAction(DNSRCode.SERVFAIL)", "refused": "RCodeAction(DNSRCode.REFUSED)", "drop": "DropAction()"}


def die_with_parent():
    """In a child before exec: a test that is killed takes its servers along."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def can_bind(address, port):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind((address, port))
            except OSError:
                return False
    return True


def free_port6():
    """A port of ::1 that nobody has, for UDP and TCP alike; None without IPv6."""
    for port in random.sample(range(20000, 30000), 20):
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET6, kind) as s:
                    s.bind(("::1", port))
            return port
        except OSError:
            continue
    return None


def query_bytes(name, qtype, ident=1, edns=True, recurse=True):
    wire = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split(".") if label) + b"\0"
    opt = b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0) if edns else b""
    return struct.pack("!6H", ident, 0x0100 if recurse else 0, 1, 0, 0, 1 if edns else 0) + wire + struct.pack("!HH", qtype, 1) + opt


def ask(address, port, name, qtype=6, timeout_s=0.5, recurse=True):
    """One question over UDP; the header's rcode, or None without an answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout_s)
        try:
            s.sendto(query_bytes(name, qtype, recurse=recurse), (address, port))
            return s.recv(4096)[3] & 15
        except OSError:
            return None


class Stripper(Forwarder):
    """A forwarder without DNSSEC: takes EDNS away from every question, and the AD bit from every answer."""

    def ask(self, query):
        """The question alone, with the flags RD and nothing else."""
        answer = super().ask(header(query, 0x0100))
        return answer[:3] + bytes([answer[3] & ~0x20]) + answer[4:]

    def reply(self, query, tcp):
        answer = self.ask(query)
        if len(answer) > 512 and not tcp:
            return header(query, (answer[2] | 2) << 8 | answer[3])
        return answer


def spoofed(query, truth):
    """Three forgeries before the answer: a wrong id, a wrong question, and noise."""
    forged = truth[:3] + bytes([truth[3] | 3]) + truth[4:]  # NXDOMAIN
    other = query[:2] + b"\x81\x83" + struct.pack("!4H", 1, 0, 0, 0) + b"\4evil\7example\0\0\20\0\1"
    return [bytes([forged[0] ^ 1]) + forged[1:], other, os.urandom(40), truth]


def pointer_loop(query, truth):
    """An answer whose record's name points at itself."""
    end = end_of_question(query)
    return header(query, 0x8180, 1) + struct.pack("!H", 0xc000 | end) + query[end - 4:end] + struct.pack("!IH", 300, 4) + b"\xc0\x0c" * 2


def counts_lie(query, truth):
    """A header that promises more records than there are."""
    return truth[:6] + b"\xff\xff" + truth[8:]


def no_edns(query, truth):
    """An old server: FORMERR for every question with EDNS."""
    if query[10:12] != b"\0\0":
        return query[:2] + b"\x81\x81" + struct.pack("!4H", 0, 0, 0, 0)
    return truth


# trouble -> what a server sends for a question, given the true answer
TWISTS = {
    "spoofed": spoofed,
    "noise": lambda query, truth: os.urandom(60),
    "echo": lambda query, truth: query,
    "pointer-loop": pointer_loop,
    "counts-lie": counts_lie,
    "cut-short": lambda query, truth: truth[:-3],
    "no-edns": no_edns,
}


class Twister(Forwarder):
    """Spoils the octets of answers over UDP."""

    def ask(self, query):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(5)
            s.sendto(query, self.upstream)
            return s.recv(65536)


class Lab:
    def __init__(self, spoil=True, recursion=True):
        """`spoil`: with dnsdist and its troubles. `recursion`: port 53 where that is possible."""
        self.spoil = spoil
        self.folder = None
        self.servers = []   # (name, Popen, log file)
        self.closers = []   # servers in threads
        self.ports = {}     # trouble -> port
        self.pick_network(recursion)

    def pick_network(self, recursion):
        for _ in range(100):
            self.net = f"127.{random.randint(64, 126)}.{random.randint(0, 255)}"
            for port in ([53] if recursion else []) + [random.randint(20000, 29000)]:
                if all(can_bind(self.address(host), port) for host in HOSTS):
                    self.port = port
                    self.can_recurse = port == 53
                    return
        raise RuntimeError("no free loopback network found")

    def address(self, host):
        return f"{self.net}.{HOSTS[host]}"

    @property
    def resolver(self):
        """The honest one, as -n wants it."""
        return f"{self.address('resolver')}:{self.port}"

    def at(self, trouble):
        """A resolver with a trouble: delay drop20 drop5 servfail refused drop truncate dead strip, servfail-mx ... of KINDS, or
        one of TWISTS."""
        return f"{self.address('mischief')}:{self.ports[trouble]}"

    @property
    def resolver6(self):
        """A resolver on ::1, or None where IPv6 is not."""
        return f"[::1]:{self.ports['ipv6']}" if "ipv6" in self.ports else None

    def options(self, trouble=None):
        """Command line to ask the resolver (or the one with a trouble) and to trust the lab's root. The servers themselves
        are left alone: that is another test's, see nameservers.py."""
        return ["-n", self.at(trouble) if trouble else self.resolver, "--trust-anchor", self.trust_anchor, "--authority=no"]

    @property
    def root_hints(self):
        return os.path.join(self.folder, "root.hints")

    @property
    def trust_anchor(self):
        return os.path.join(self.folder, "root.key")

    # ---- start ----

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="domaincheck-lab-")
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def start(self):
        addresses = {host: self.address(host) for host in HOSTS}
        self.zones = world.build(os.path.join(HERE, "world"), self.folder, addresses)
        with open(self.root_hints, "w", encoding="ascii") as f:
            f.write(f". 3600000 NS a.root-servers.\na.root-servers. 3600000 A {self.address('root')}\n")
        self.closers.append(Listener(self.address("dead"), self.port))
        for server in ("root", "tld", "leaf", "refusing"):
            self.start_nsd(server, [(zone.fqdn, world.file_of(zone)) for zone in self.zones.values()
                                    if zone.served and zone.server == server])
        self.start_unbound()
        if self.spoil:
            self.start_mischief()
        self.wait(self.address("resolver"), self.port, "plain.example.")
        if self.spoil:
            for trouble in ("clean", "strip"):
                self.wait(self.address("mischief"), self.ports[trouble], "plain.example.")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        return self.path(name)

    def launch(self, name, *command):
        tool = shutil.which(command[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not tool:
            raise RuntimeError(f"{command[0]} is not installed: see tests/packages.txt")
        log = open(self.path(name + ".log"), "wb")
        server = subprocess.Popen([tool, *command[1:]], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  cwd=self.folder, start_new_session=True, preexec_fn=die_with_parent)
        self.servers.append((name, server, log))

    def start_nsd(self, server, zones):
        """`zones`: names and their files."""
        conf = f"""server:
	ip-address: {self.address(server)}@{self.port}
	username: ""
	chroot: ""
	zonesdir: "{self.folder}"
	database: ""
	pidfile: "{self.path(server)}.pid"
	xfrdfile: "{self.path(server)}.xfrd"
	zonelistfile: "{self.path(server)}.zones"
	xfrdir: "{self.folder}"
	server-count: 1
	rrl-ratelimit: 0
	verbosity: 0
remote-control:
	control-enable: no
"""

        for name, file in zones:
            conf += f'zone:\n\tname: "{name}"\n\tzonefile: "{file}"\n'
        self.launch("nsd-" + server, "nsd", "-d", "-c", self.write(f"nsd-{server}.conf", conf))

    def start_unbound(self):
        where = f'root-hints: "{self.root_hints}"' if self.can_recurse else ""
        conf = f"""server:
	interface: {self.address("resolver")}@{self.port}
	access-control: 127.0.0.0/8 allow
	username: ""
	chroot: ""
	directory: "{self.folder}"
	pidfile: "{self.path("unbound.pid")}"
	use-syslog: no
	num-threads: 1
	do-ip6: no
	do-not-query-localhost: no
	unblock-lan-zones: yes
	insecure-lan-zones: no
	trust-anchor-file: "{self.trust_anchor}"
	trust-anchor-signaling: no
	rrset-roundrobin: no
	aggressive-nsec: no
	cache-min-ttl: 300
	infra-cache-max-rtt: 1000
	ede: yes
	val-log-level: 2
	{where}
remote-control:
	control-enable: no
"""
        for zone in [] if self.can_recurse else self.zones.values():
            server = world.server_of(zone)
            conf += f'stub-zone:\n\tname: "{zone.fqdn}"\n\tstub-addr: {self.address(server)}@{self.port}\n'
        self.launch("unbound", "unbound", "-d", "-c", self.write("unbound.conf", conf))

    def free_ports(self, count):
        address, found = self.address("mischief"), []
        for port in random.sample(range(20000, 30000), 2000):
            if len(found) < count and can_bind(address, port):
                found.append(port)
        return found

    def start_mischief(self):
        """One dnsdist with a port for each trouble, and the two servers in threads."""
        troubles = ["clean", "delay", "drop20", "drop5", "truncate", "dead", "strip"] + list(FATES)
        troubles += [f"{fate}-{kind}" for fate in FATES for kind in KINDS] + list(TWISTS)
        self.ports = dict(zip(troubles, self.free_ports(len(troubles))))
        address = self.address("mischief")
        self.closers.append(Listener(address, self.ports["dead"]))
        self.closers.append(Stripper(address, self.ports["strip"], (self.address("resolver"), self.port)))
        for trouble, twist in TWISTS.items():
            self.closers.append(Twister(address, self.ports[trouble], (self.address("resolver"), self.port), twist, [UDP]))
        conf = ['setACL({"127.0.0.0/8", "::1/128"})', 'setSecurityPollSuffix("")', "setMaxTCPClientThreads(4)"]
        for i, trouble in enumerate(t for t in troubles if t not in ("dead", "strip", *TWISTS)):
            conf.append(f'{"add" if i else "set"}Local("{address}:{self.ports[trouble]}")')
        port6 = free_port6()
        if port6:
            self.ports["ipv6"] = port6
            conf.append(f'addLocal("[::1]:{port6}")')
        conf += [f'newServer({{address="{self.resolver}", sockets=4}})', "getServer(0):setUp()"]
        for fate, action in FATES.items():
            conf.append(f"addAction(DSTPortRule({self.ports[fate]}), {action})")
            for kind, rule in KINDS.items():
                conf.append(f"addAction(AndRule({{DSTPortRule({self.ports[f'{fate}-{kind}']}), {rule}}}), {action})")
        conf += [
            f"addAction(DSTPortRule({self.ports['truncate']}), TCAction())",
            f"addAction(DSTPortRule({self.ports['delay']}), DelayAction({DELAY_MS}))",
            # Each fifth question is lost, whichever it is: 20 %, and never two in a row
            "local seen = 0",
            "function each_fifth(dq)",
            f"  seen = seen + 1; if seen % {DROP_ONE_OF} == 0 then return DNSAction.Drop, '' end",
            "  return DNSAction.None, ''",
            "end",
            f"addAction(AndRule({{DSTPortRule({self.ports['drop20']}), TCPRule(false)}}), LuaAction(each_fifth))",
            # 5 %: each is lost or not by chance, so that one question may be lost several times
            "function by_chance(dq)",
            f"  if math.random({DROP_BY_CHANCE}) == 1 then return DNSAction.Drop, '' end",
            "  return DNSAction.None, ''",
            "end",
            f"addAction(AndRule({{DSTPortRule({self.ports['drop5']}), TCPRule(false)}}), LuaAction(by_chance))",
        ]
        self.launch("dnsdist", "dnsdist", "--supervised", "--disable-syslog", "-C",
                    self.write("dnsdist.conf", "\n".join(conf) + "\n"))

    def wait(self, address, port, name):
        """Until the server answers with NOERROR."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            for server_name, server, _ in self.servers:
                if server.poll() is not None:
                    raise RuntimeError(f"{server_name} ended: {self.log(server_name)[-2000:]}")
            if ask(address, port, name) == 0:
                return
            time.sleep(0.02)
        raise RuntimeError(f"{address}:{port} does not answer for {name}\n" +
                           "\n".join(f"{n}: {self.log(n)[-1000:]}" for n, _, _ in self.servers))

    def log(self, name):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    # ---- stop ----

    def __exit__(self, *failure):
        for closer in self.closers:
            closer.close()
        for _, server, _ in self.servers:
            if server.poll() is None:
                server.terminate()
        for _, server, log in self.servers:
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            log.close()
        self.servers, self.closers = [], []
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    with Lab() as running:
        print(f"resolver {running.resolver}")
        for what in running.ports:
            print(f"{what} {running.at(what) if what != 'ipv6' else running.resolver6}")
        print(f"root {running.address('root')}  hints {running.root_hints}  anchor {running.trust_anchor}", flush=True)
        sys.stdin.readline()
