"""Web servers of every kind on loopback, with a DNS that leads to them: nginx with certificates made on the spot, and small
servers in threads for what nginx would never do.

    with Web() as web:
        subprocess.run([domaincheck, *web.options, "ok.test"])

Needs ports below 1024: run through port53.py.
"""

import os
import shutil
import socket
import ssl
import sys
import time

import lab
from serving import TCP, Server

sys.path.insert(0, os.path.join(lab.HERE, "../support/bimi"))
import make

HOSTS = {"dns": 53, "nginx": 80, "old": 81, "closing": 82, "slow": 83, "endless": 84, "plain": 85, "nobody": 86, "chain": 87}
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx.{domain}\r\nmax_age: 1209600\r\n"
# domain -> the host that its policy is served by
DOMAINS = {"ok": "nginx", "expired": "nginx", "wrong-name": "nginx", "self-signed": "nginx", "redirect": "nginx", "missing": "nginx",
           "huge": "nginx", "wrong-type": "nginx", "chunked": "nginx", "old": "old", "closing": "closing", "slow": "slow",
           "endless": "endless", "plain": "plain", "nobody": "nobody", "chain": "chain", "two-addresses": "nginx"}
BULK = 60 # domains b0 ... with a policy and one logo for all


class TlsServer(Server):
    """Makes TLS with a certificate (or not), and lets `act` do the rest."""

    def __init__(self, address, act, certificate=None):
        self.act, self.context = act, None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        super().__init__(address, 443, [TCP])

    def connection(self, peer):
        if not self.context:
            self.act(peer)
            return
        with self.context.wrap_socket(peer, server_side=True) as tls:
            tls.recv(4096)
            self.act(tls)


def drip(peer):
    """An answer that never ends, an octet at a time."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 60\r\n\r\n")
    while True:
        peer.sendall(b"v")
        time.sleep(0.1)


def flood(peer):
    """Chunks as fast as they are taken, for ever."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        peer.sendall(b"1000\r\n" + b"version: STSv1\r\n" * 256 + b"\r\n")


def close(peer):
    """A status line, and the end."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nversion")


def speak_plain(peer):
    peer.recv(4096)
    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


class Web(lab.Lab):
    def __init__(self):
        self.hosts = HOSTS
        super().__init__(spoil=False)

    def pick_network(self, recursion):
        for _ in range(100):
            self.net = f"127.{lab.random.randint(64, 126)}.{lab.random.randint(0, 255)}"
            self.port = 53
            if lab.can_bind(self.address("dns"), 53) and lab.can_bind(self.address("nginx"), 443):
                return
        raise RuntimeError("ports 53 and 443 cannot be opened on loopback")

    def address(self, host):
        return f"{self.net}.{HOSTS[host]}"

    @property
    def options(self):
        return ["-n", f"{self.address('dns')}:53", "--ca-file", self.path("ca.pem"), "--allow-private", "--dnssec=no"]

    def hits(self, part):
        """Requests that nginx answered whose host or path holds `part`."""
        with open(self.path("access.log"), encoding="utf-8") as f:
            return sum(part in line for line in f)

    def start(self):
        self.authority = make.Authority(self.folder, "Lab CA")
        self.make_certificates()
        self.start_dns()
        self.start_nginx()
        for host, act, certificate in (("closing", close, "closing"), ("slow", drip, "slow"), ("endless", flood, "endless"),
                                       ("plain", speak_plain, None)):
            self.closers.append(TlsServer(self.address(host), act, certificate and self.certificate(certificate)))
        self.wait(self.address("dns"), 53, "ok.test.")
        end = time.monotonic() + lab.START_S
        while True:
            try:
                socket.create_connection((self.address("nginx"), 443), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise RuntimeError(f"nginx does not answer\n{self.log('nginx')}") from None
                time.sleep(0.02)

    # ---- certificates ----

    def certificate(self, name):
        return self.path(name + ".crt"), self.path(name + ".pem.key")

    def new_certificate(self, name, names, **options):
        options = {"start": "20200101000000Z", "end": "20491231000000Z", **options}
        pem = self.authority.issue(names=names, usage="serverAuth", svg=None, **options)
        self.write(name + ".crt", pem)
        shutil.copy(self.path("leaf.key"), self.path(name + ".pem.key"))

    def make_certificates(self):
        for domain in DOMAINS:
            if domain not in ("expired", "wrong-name", "self-signed", "chain"):
                self.new_certificate(domain, (f"mta-sts.{domain}.test", f"www.{domain}.test"))
        self.new_certificate("expired", ("mta-sts.expired.test",), end="20240101000000Z")
        self.new_certificate("wrong-name", ("www.wrong-name.test", "*.mta-sts.wrong-name.test"))
        self.new_certificate("self-signed", ("mta-sts.self-signed.test",), own=True)
        self.new_certificate("bulk", ["www.bulk.test"] + [f"mta-sts.b{i}.test" for i in range(BULK)])
        # from an authority that nobody knows
        os.mkdir(self.path("other"))
        other = make.Authority(self.path("other"), "Other CA")
        self.write("chain.crt", other.issue(names=("mta-sts.chain.test",), usage="serverAuth", svg=None,
                                            start="20200101000000Z", end="20491231000000Z"))
        shutil.copy(self.path("other/leaf.key"), self.path("chain.pem.key"))

    # ---- names ----

    def start_dns(self):
        lines = ["$TTL 300", "$ORIGIN test.", "@ SOA ns hostmaster 1 7200 900 1209600 300", "@ NS ns", f"ns A {self.address('dns')}"]
        for domain, host in DOMAINS.items():
            lines += [f"{domain} MX 10 mx.{domain}", f"mx.{domain} A 192.0.2.10", f'_mta-sts.{domain} TXT "v=STSv1; id=1"',
                      f"mta-sts.{domain} A {self.address(host)}", f'{domain} TXT "v=spf1 mx -all"',
                      f'_dmarc.{domain} TXT "v=DMARC1; p=reject; rua=mailto:d@{domain}.test"',
                      f'_smtp._tls.{domain} TXT "v=TLSRPTv1; rua=mailto:t@{domain}.test"']
        lines += [f"mta-sts.two-addresses A {self.address('nobody')}", f"www.ok A {self.address('nginx')}",
                  'default._bimi.ok TXT "v=BIMI1; l=https://www.ok.test/logo.svg; a=https://www.ok.test/mark.pem"',
                  f"www.bulk A {self.address('nginx')}"]
        for i in range(BULK):
            lines += [f"b{i} MX 10 mx.b{i}", f"mx.b{i} A 192.0.2.10", f'_mta-sts.b{i} TXT "v=STSv1; id=1"',
                      f"mta-sts.b{i} A {self.address('nginx')}",
                      f'default._bimi.b{i} TXT "v=BIMI1; l=https://www.bulk.test/logo.svg"']
        self.write("test.zone", "\n".join(lines) + "\n")
        self.start_nsd("dns", [("test.", "test.zone")])

    # ---- documents ----

    def site(self, domain, more="", certificate=None, names=None, address=None):
        certificate, key = self.certificate(certificate or domain)
        return f"""
	server {{
		listen {address or self.address('nginx')}:443 ssl;
		server_name {names or f'mta-sts.{domain}.test www.{domain}.test'};
		ssl_certificate {certificate};
		ssl_certificate_key {key};
		root {self.path('www')}/{domain};
		{more}
	}}"""

    def start_nginx(self):
        for domain in [*DOMAINS, "bulk"]:
            folder = self.path(f"www/{domain}/.well-known")
            os.makedirs(folder)
            self.write(f"www/{domain}/.well-known/mta-sts.txt", POLICY.format(domain=domain + ".test"))
        self.write("www/huge/.well-known/mta-sts.txt", POLICY.format(domain="huge.test") + "x: " + "y" * 2000000 + "\n")
        os.remove(self.path("www/missing/.well-known/mta-sts.txt"))
        self.write("www/bulk/.well-known/mta-sts.txt", "version: STSv1\nmode: testing\nmx: *.example.net\nmax_age: 86400\n" +
                   "".join(f"mx: mx.b{i}.test\n" for i in range(BULK)))
        for domain in ("ok", "bulk"):
            self.write(f"www/{domain}/logo.svg", make.LOGO)
        marks = make.Authority(self.path("other"), "DigiCert Test")
        self.write("www/ok/mark.pem", marks.issue(names=("ok.test",), end="20270401000000Z") + marks.root())
        bulk = " ".join(["www.bulk.test"] + [f"mta-sts.b{i}.test" for i in range(BULK)])
        sites = [self.site(domain) for domain in ("ok", "expired", "wrong-name", "self-signed", "missing", "huge", "two-addresses")]
        sites += [self.site("redirect", "return 301 https://www.ok.test/.well-known/mta-sts.txt;"),
                  self.site("wrong-type", "default_type text/html; types { }"), self.site("bulk", certificate="bulk", names=bulk),
                  self.site("chunked", "chunked_transfer_encoding on; gzip on; gzip_min_length 1; gzip_types text/plain; gunzip on;"),
                  self.site("chain", address=self.address("chain")),
                  self.site("old", "ssl_protocols TLSv1; ssl_ciphers DEFAULT@SECLEVEL=0;", address=self.address("old"))]
        folders = "".join(f"\t{kind}_temp_path {self.path(kind)};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.launch("nginx", "nginx", "-p", self.folder, "-e", self.path("nginx.err"), "-c", self.write("nginx.conf", f"""daemon off;
{'user root;' if os.geteuid() == 0 else ''}
worker_processes 1;
pid {self.path('nginx.pid')};
events {{ }}
http {{
	log_format short '$host$request_uri $status';
	access_log {self.path('access.log')} short;
{folders}	types {{ text/plain txt; image/svg+xml svg; application/x-pem-file pem; }}
	server_names_hash_max_size 4096;
	ssl_protocols TLSv1.2 TLSv1.3;
{''.join(sites)}
}}
"""))
