"""A world of many sending domains for bench_fleet.py: one zone file that holds the root and everything below it.

Of twenty domains six are hosted by one large provider, four by another, three send through a vendor, five have servers of
their own, two are broken. Vendors' SPF records are shared, as they are outside. Each selector has a key of its own, but for the
short ones: moduli without small factors, to which nobody has a private key. The same number always gives the same domain.
"""

import base64
import random

MODULUS_BITS, SHORT_BITS = 2048, 512
EXPONENT = 65537
KEYS_A_DOMAIN = 2
FACTOR_MIN, PLACES = 1 << 17, 256
HEAD = """$TTL 3600
$ORIGIN .
@ SOA a.root-servers.net. hostmaster.root-servers.net. 1 7200 900 1209600 3600
@ NS a.root-servers.net.
a.root-servers.net A 127.0.0.1
_spf.google.com TXT "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com include:_netblocks3.google.com ~all"
_netblocks.google.com TXT "v=spf1 ip4:25.255.0.0/20 ip4:25.255.16.0/20 ip4:25.255.32.0/19 ~all"
_netblocks2.google.com TXT "v=spf1 ip6:2a00:1:4000::/36 ip6:2a00:2:4000::/36 ~all"
_netblocks3.google.com TXT "v=spf1 ip4:25.255.64.0/19 ip4:25.255.96.0/19 ~all"
aspmx.l.google.com A 25.255.0.26
aspmx.l.google.com AAAA 2a00:1:4000::26
alt1.aspmx.l.google.com A 25.255.0.27
26.0.255.25.in-addr.arpa PTR aspmx.l.google.com.
27.0.255.25.in-addr.arpa PTR alt1.aspmx.l.google.com.
spf.protection.outlook.com TXT "v=spf1 ip4:25.254.0.0/15 ip4:25.252.0.0/16 ip6:2a00:3::/32 -all"
sendgrid.net TXT "v=spf1 ip4:25.251.0.0/17 ip4:25.251.128.0/18 ip4:25.251.192.0/19 ~all"
mx.sendgrid.net A 25.251.0.9
9.0.251.25.in-addr.arpa PTR mx.sendgrid.net.
mail.zendesk.com TXT "v=spf1 ip4:25.250.1.0/24 ip4:25.250.2.0/24 ~all"
servers.mcsv.net TXT "v=spf1 ip4:25.250.3.0/24 ip4:25.250.4.0/24 ~all"
"""
POLICIES = ["none", "quarantine", "reject", "reject"]


def quoted(text):
    return " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))


def sieved(start, odds, primes):
    """Those of `odds` odd numbers from `start` on that none of the primes divides."""
    good = bytearray([1]) * odds
    for prime in primes:
        first = -start * (prime + 1) // 2 % prime  # start + 2 * first is a multiple
        good[first::prime] = bytes(len(range(first, odds, prime)))
    return [start + 2 * i for i in range(odds) if good[i]]


def moduli(bits, count):
    """So many odd numbers of so many bits without small factors, neighbours from far places of the number line: factors that
    two have in common are too small to be primes of keys."""
    randomness = random.Random(bits)
    odds = 64 * (count // PLACES + 10)
    small = bytearray([1]) * FACTOR_MIN
    for prime in range(3, int(FACTOR_MIN ** 0.5) + 1, 2):
        small[prime * prime::2 * prime] = bytes(len(range(prime * prime, FACTOR_MIN, 2 * prime)))
    primes = [prime for prime in range(3, FACTOR_MIN, 2) if small[prime]]
    places = [sieved(randomness.getrandbits(bits) | 1 | 3 << (bits - 2), odds, primes) for _ in range(PLACES)]
    return [places[i % PLACES][i // PLACES] for i in range(count)]


def der(tag, content):
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])) + content


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def key_record(modulus):
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d010101") + der(5, b""))
    key = der(0x30, algorithm + der(3, b"\0" + der(0x30, integer(modulus) + integer(EXPONENT))))
    return quoted("v=DKIM1; k=rsa; p=" + base64.b64encode(key).decode())


def name_of(i):
    return f"d{i:05d}.example"


def dmarc(i, name):
    rua = f"dmarc@{name}" if i % 3 else "reports@dmarc.vendor.example"
    return f'_dmarc.{name} TXT "v=DMARC1; p={POLICIES[i // 20 % 4]}; rua=mailto:{rua}"'


def large_provider(i, name, key, _):
    more = ["", " include:sendgrid.net", " include:mail.zendesk.com", " include:servers.mcsv.net"][i // 20 % 4]
    return [f"{name} MX 1 aspmx.l.google.com.", f"{name} MX 5 alt1.aspmx.l.google.com.",
            f'{name} TXT "v=spf1 include:_spf.google.com{more} ~all"', f'{name} TXT "verification={i}"',
            f"google._domainkey.{name} TXT {key}", dmarc(i, name)]


def other_provider(i, name, key, _):
    dashed, tenant = name.replace(".", "-"), f"t{i}.onmicrosoft.com"
    address = f"25.253.{i // 250 % 250}.{i % 250 + 1}"
    reverse = ".".join(reversed(address.split(".")))
    return [f"{name} MX 0 {dashed}.mail.protection.outlook.com.", f"{dashed}.mail.protection.outlook.com A {address}",
            f"{reverse}.in-addr.arpa PTR {dashed}.mail.protection.outlook.com.",
            f'{name} TXT "v=spf1 include:spf.protection.outlook.com -all"',
            f"selector1._domainkey.{name} CNAME selector1-{dashed}._domainkey.{tenant}.",
            f"selector2._domainkey.{name} CNAME selector2-{dashed}._domainkey.{tenant}.",
            f"selector1-{dashed}._domainkey.{tenant} TXT {key}", dmarc(i, name)]


def vendor(i, name, key, second):
    return [f"{name} MX 10 mx.sendgrid.net.", f'{name} TXT "v=spf1 include:sendgrid.net ~all"',
            f"s1._domainkey.{name} CNAME s1.domainkey.u{i}.wl.sendgrid.net.",
            f"s2._domainkey.{name} CNAME s2.domainkey.u{i}.wl.sendgrid.net.",
            f"s1.domainkey.u{i}.wl.sendgrid.net TXT {key}", f"s2.domainkey.u{i}.wl.sendgrid.net TXT {second}", dmarc(i, name)]


def own_server(i, name, key, _):
    address = f"25.{i // 62500 % 250}.{i // 250 % 250}.{i % 250 + 1}"
    reverse = ".".join(reversed(address.split(".")))
    return [f"{name} MX 10 mail.{name}.", f"mail.{name} A {address}", f"{name} A {address}",
            f"{reverse}.in-addr.arpa PTR mail.{name}.", f'{name} TXT "v=spf1 a mx ip4:{address} -all"',
            f'mail.{name} TXT "v=spf1 a -all"', f"default._domainkey.{name} TXT {key}", dmarc(i, name)]


def broken(i, name, short_key, _):
    faults = [
        [f'{name} TXT "v=spf1 include:_spf.google.com ~all"', f'{name} TXT "v=spf1 mx -all"', f"{name} MX 10 gone.{name}."],
        [f'{name} TXT "v=spf1 include:_spf.nowhere.example ip4:25.1.2 -all"', f"{name} MX 10 aspmx.l.google.com."],
        [f'{name} TXT "v=spf1 +all"', f'_dmarc.{name} TXT "v=DMARC1; p=rejct"', f"default._domainkey.{name} TXT {short_key}"],
        [f"{name} MX 10 mx.sendgrid.net.", f'{name} TXT "v=spf1 include:_spf.google.com include:sendgrid.net '
         f'include:mail.zendesk.com include:servers.mcsv.net a mx ptr exists:%{{i}}.{name} ?all"',
         f's1._domainkey.{name} TXT "v=DKIM1; p="'],
    ]
    return faults[i // 20 % len(faults)]


KINDS = [large_provider] * 6 + [other_provider] * 4 + [vendor] * 3 + [own_server] * 5 + [broken] * 2


def write(path, count):
    """The zone file; returns the names of the domains."""
    keys = [key_record(modulus) for modulus in moduli(MODULUS_BITS, KEYS_A_DOMAIN * count)]
    short_key = key_record(moduli(SHORT_BITS, 1)[0])
    names = [name_of(i) for i in range(count)]
    with open(path, "w", encoding="ascii") as f:
        f.write(HEAD)
        for i, name in enumerate(names):
            kind = KINDS[i % len(KINDS)]
            own = [short_key] * KEYS_A_DOMAIN if kind is broken else keys[KEYS_A_DOMAIN * i:KEYS_A_DOMAIN * (i + 1)]
            f.write("\n".join(kind(i, name, *own)) + "\n")
    return names
