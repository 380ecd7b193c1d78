"""Mail servers on loopback: Postfix with several faces, aiosmtpd, and servers that misbehave one octet at a time.

    with SmtpLab() as lab:
        lab.port("postfix-valid"), lab.ca_file, lab.digest("valid")

Certificates are made on the spot. Everything listens on 127.0.0.1 on free ports and lives in a temporary folder. Postfix needs root
(its processes change their user): lab.has_postfix tells.
"""

import hashlib
import logging
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from lab import die_with_parent
from serving import TCP, Server

HOST = "mx.example.com"
PORTS = range(25000, 25900)
MASTER = "/usr/lib/postfix/sbin/master"


def openssl(*args, stdin=None):
    done = subprocess.run(["openssl", *args], input=stdin, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(args)}: {done.stderr.decode()}")
    return done.stdout


class Certificates:
    """An authority and what it signs: NAME.pem (with key), NAME.key, NAME.chain."""

    def __init__(self, folder):
        self.folder = folder
        self.make("ca", "Test Authority", sign=False)
        self.make("valid", HOST)
        self.make("expired", HOST, dates=("20200101000000Z", "20210101000000Z"))
        self.make("wrong-name", "other.example.net")
        self.make("self-signed", HOST, sign=False)
        self.make("small-key", HOST, key=["RSA", "-pkeyopt", "rsa_keygen_bits:1024"])

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, host, sign=True, dates=None, key=("EC", "-pkeyopt", "ec_paramgen_curve:P-256")):
        openssl("genpkey", "-algorithm", *key, "-out", self.path(name + ".key"))
        ca = name == "ca"
        extension = "basicConstraints=critical,CA:TRUE" if ca else f"subjectAltName=DNS:{host}"
        with open(self.path(name + ".cnf"), "w", encoding="ascii") as f:
            f.write(f"[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\nreq_extensions=ext\n[dn]\nCN={host}\n[ext]\n"
                    f"{extension}\n[ca]\ndefault_ca=lab\n[lab]\ndatabase={self.path('index')}\nserial={self.path('serial')}\n"
                    f"new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=any\ncopy_extensions=copy\nunique_subject=no\n"
                    f"[any]\ncommonName=supplied\n")
        if not sign:
            openssl("req", "-x509", "-new", "-key", self.path(name + ".key"), "-config", self.path(name + ".cnf"), "-days", "400",
                    "-out", self.path(name + ".crt"))
        else:
            for file, text in (("index", ""), ("serial", f"{random.getrandbits(60):016x}\n")):
                with open(self.path(file), "w", encoding="ascii") as f:
                    f.write(text)
            openssl("req", "-new", "-key", self.path(name + ".key"), "-config", self.path(name + ".cnf"), "-out",
                    self.path(name + ".csr"))
            when = ["-startdate", dates[0], "-enddate", dates[1]] if dates else ["-days", "400"]
            openssl("ca", "-batch", "-notext", "-config", self.path(name + ".cnf"), "-cert", self.path("ca.crt"), "-keyfile",
                    self.path("ca.key"), "-in", self.path(name + ".csr"), "-out", self.path(name + ".crt"), *when)
        with open(self.path(name + ".chain"), "wb") as out:
            for part in [name] + (["ca"] if sign and not ca else []):
                with open(self.path(part + ".crt"), "rb") as f:
                    out.write(f.read())

    def digest(self, name):
        """SHA-256 of the public key: the data of a TLSA record 3 1 1."""
        key = openssl("x509", "-in", self.path(name + ".crt"), "-noout", "-pubkey")
        return hashlib.sha256(openssl("pkey", "-pubin", "-outform", "DER", stdin=key)).hexdigest()


def send_slowly(connection, text):
    for i in range(len(text)):
        connection.sendall(text[i:i + 1])
        time.sleep(0.3)


def receive_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        octet = connection.recv(1)
        if not octet:
            raise OSError("closed")
        line += octet
    return line


EHLO = b"250-mx.example.com\r\n250-STARTTLS\r\n250 HELP\r\n"


class Hostile(Server):
    """One server a trouble: a function of the connection."""

    def __init__(self, port, act, certificates):
        self.act, self.certificates = act, certificates
        self.heard = []  # every line of every client
        super().__init__("127.0.0.1", port, [TCP])

    def connection(self, peer):
        self.act(self, peer)

    def line(self, connection):
        self.heard.append(receive_line(connection))
        return self.heard[-1]

    def ehlo(self, connection, reply=EHLO):
        connection.sendall(b"220 mx.example.com ESMTP\r\n")
        self.line(connection)
        connection.sendall(reply)
        return self.line(connection)

    def start_tls(self, connection, *, extra=b"", oldest=ssl.TLSVersion.TLSv1_2, newest=None, name="valid"):
        self.ehlo(connection)
        connection.sendall(b"220 go\r\n" + extra)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.load_cert_chain(self.certificates.path(name + ".chain"), self.certificates.path(name + ".key"))
        if newest:
            context.minimum_version, context.maximum_version = oldest, newest
        elif oldest:
            context.minimum_version = oldest
        tls = context.wrap_socket(connection, server_side=True)
        self.line(tls)
        tls.sendall(b"250-mx.example.com\r\n250 HELP\r\n")
        self.line(tls)
        tls.sendall(b"221 bye\r\n")


def endless_banner(server, connection):
    while True:
        connection.sendall(b"220-" + b"x" * 4000)


def endless_reply(server, connection):
    connection.sendall(b"220 mx.example.com\r\n")
    server.line(connection)
    for i in range(10000):
        connection.sendall(b"250-X-EXTENSION-%d\r\n" % i)
    connection.sendall(b"250 HELP\r\n")


def nothing(server, connection):
    time.sleep(30)


def quit_step(step):
    """Closes after so many of our lines."""
    def act(server, connection):
        replies = [b"220 mx.example.com ESMTP\r\n", EHLO, b"220 go\r\n"]
        for i in range(step):
            connection.sendall(replies[i])
            if i + 1 < step or i < 2:
                server.line(connection)
    return act


HOSTILE = {
    "endless-banner": endless_banner,
    "endless-line": lambda s, c: [c.sendall(b"2" * 4096) for _ in range(1000)],
    "slow-drip": lambda s, c: send_slowly(c, b"220 mx.example.com ESMTP\r\n" * 40),
    "nul": lambda s, c: (c.sendall(b"220 mx\0.example.com\x1b[31m ESMTP\r\n"), s.line(c), c.sendall(b"250 \0\0\r\n"), s.line(c)),
    "ten-thousand": endless_reply,
    "silent": nothing,
    "closes-at-once": lambda s, c: None,
    "closes-after-banner": quit_step(1),
    "closes-after-ehlo": quit_step(2),
    "closes-after-starttls": quit_step(3),
    "http": lambda s, c: c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "noise": lambda s, c: c.sendall(os.urandom(2000) + b"\n"),
    "rejects": lambda s, c: (c.sendall(b"554 5.7.1 go away\r\n"), s.line(c), c.sendall(b"221 bye\r\n")),
    "extra": lambda s, c: s.start_tls(c, extra=b"250 forged\r\n"),
    "refuses-tls": lambda s, c: (s.ehlo(c), c.sendall(b"454 4.7.0 not now\r\n"), s.line(c), c.sendall(b"221 bye\r\n")),
    "garbage-tls": lambda s, c: (s.ehlo(c), c.sendall(b"220 go\r\n"), c.recv(4096), c.sendall(b"this is no TLS record at all\r\n")),
    "old-tls": lambda s, c: s.start_tls(c, oldest=ssl.TLSVersion.TLSv1, newest=ssl.TLSVersion.TLSv1_1),
    "any-tls": lambda s, c: s.start_tls(c, oldest=ssl.TLSVersion.TLSv1),
}


class SmtpLab:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="domaincheck-smtp-")
        os.chmod(self.folder, 0o755)  # Postfix looks in as its own user
        self.ports, self.hostile, self.controllers, self.master = {}, {}, [], None
        try:
            self.certificates = Certificates(self.folder)
            self.start_hostile()
            self.start_aiosmtpd()
            self.start_postfix()
        except BaseException:
            self.__exit__()
            raise
        return self

    @property
    def ca_file(self):
        return self.certificates.path("ca.crt")

    @property
    def has_postfix(self):
        return self.master is not None

    def digest(self, name):
        return self.certificates.digest(name)

    def free_port(self):
        for port in random.sample(PORTS, len(PORTS)):
            if port in self.ports.values():
                continue
            with socket.socket() as s:
                try:
                    s.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue
        raise RuntimeError("no free port")

    def start_hostile(self):
        for name, act in HOSTILE.items():
            self.ports[name] = self.free_port()
            self.hostile[name] = Hostile(self.ports[name], act, self.certificates)
        self.ports["closed"] = self.free_port()

    def start_aiosmtpd(self):
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import SMTP
        logging.disable(logging.CRITICAL)  # handshakes that are meant to fail
        faces = {
            "aiosmtpd-valid": {"tls_context": self.server_context("valid")},
            "aiosmtpd-plain": {"auth_require_tls": False, "authenticator": lambda *_: None},
            "aiosmtpd-submission": {"tls_context": self.server_context("valid"), "authenticator": lambda *_: None},
        }

        class Face(Controller):
            settings = {}

            def factory(self):
                return SMTP(self.handler, hostname=HOST, **self.settings)

        for name, settings in faces.items():
            self.ports[name] = self.free_port()
            face = type("Face", (Face,), {"settings": settings})(object(), hostname="127.0.0.1", port=self.ports[name])
            face.start()
            self.controllers.append(face)

    def server_context(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.path(name + ".chain"), self.certificates.path(name + ".key"))
        return context

    def start_postfix(self):
        if os.getuid() != 0 or not os.path.exists(MASTER):
            return
        conf = os.path.join(self.folder, "postfix")
        for place in ("", "/queue", "/data"):
            os.mkdir(conf + place)
        shutil.chown(conf + "/data", "postfix")
        with open(conf + "/main.cf", "w", encoding="ascii") as f:
            f.write(f"""compatibility_level = 3.6
queue_directory = {conf}/queue
data_directory = {conf}/data
myhostname = {HOST}
mydestination =
alias_maps =
alias_database =
inet_protocols = ipv4
mynetworks =
smtpd_recipient_restrictions = reject
maillog_file = {self.folder}/postfix.log
maillog_file_prefixes = {self.folder}
smtpd_tls_security_level = may
tls_random_source = dev:/dev/urandom
""")
        rows, overrides = [], {
            "postfix-plain": "-o smtpd_tls_security_level=none",
            "postfix-submissions": "-o smtpd_tls_wrappermode=yes",
            "postfix-modern": "-o smtpd_tls_protocols=>=TLSv1.2",
        }
        for name in ("valid", "expired", "wrong-name", "self-signed", "small-key", "plain", "submissions", "modern"):
            face, cert = "postfix-" + name, name if os.path.exists(self.certificates.path(name + ".chain")) else "valid"
            self.ports[face] = self.free_port()
            rows.append(f"127.0.0.1:{self.ports[face]} inet n - n - - smtpd\n"
                        f"  -o smtpd_tls_chain_files={self.certificates.path(cert + '.key')},{self.certificates.path(cert + '.chain')}\n"
                        f"  {overrides.get(face, '')}\n")
        rows += [f"{name} unix - - n {wake} {limit} {name}\n" for name, wake, limit in (
            ("tlsmgr", "1000?", "1"), ("rewrite", "-", "-"), ("anvil", "-", "1"), ("proxymap", "-", "-"))]
        rows += ["postlog unix-dgram n - n - 1 postlogd\n", "cleanup unix n - n - 0 cleanup\n"]
        with open(conf + "/master.cf", "w", encoding="ascii") as f:
            f.write("".join(rows).replace("rewrite unix - - n - - rewrite", "rewrite unix - - n - - trivial-rewrite"))
        subprocess.run(["postfix", "-c", conf, "check"], capture_output=True, check=False)
        with open(self.folder + "/master.out", "wb") as log:
            self.master = subprocess.Popen([MASTER, "-c", conf, "-d"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                           start_new_session=True, preexec_fn=die_with_parent)
        self.wait(self.ports["postfix-valid"])

    def wait(self, port):
        end = time.monotonic() + 15
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
                    if s.recv(100).startswith(b"220"):
                        return
            except OSError:
                pass
            if self.master.poll() is not None:
                break
            time.sleep(0.1)
        logs = "".join(open(self.folder + "/" + name, encoding="utf-8", errors="replace").read()[-2000:]
                       for name in ("postfix.log", "master.out") if os.path.exists(self.folder + "/" + name))
        raise RuntimeError(f"Postfix does not answer\n{logs}")

    def __exit__(self, *failure):
        for server in self.hostile.values():
            server.close()
        for controller in self.controllers:
            controller.stop()
        if self.master and self.master.poll() is None:
            self.master.terminate()
            try:
                self.master.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.master.pid, signal.SIGKILL)
                self.master.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    with SmtpLab() as running:
        print(running.ports, running.ca_file, flush=True)
        input()
