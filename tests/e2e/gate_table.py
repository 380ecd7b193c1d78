"""The table of test_gate.py: what is done to one record of a healthy domain, and which requirements change by it.

An edit of the zone: drop(NAME, TYPE[, PART]) takes the records out (those that hold PART), put(LINE) adds one; replace and twin change one. An edit of
the answers: fail(NAME, TYPE[, OUTCOME]), insecure(), bogus(), unvalidated().

What is expected is written as verdict -> requirements, each PROFILE/ID; nothing else may change. X: broken, and a must.
!: broken, a should. ?: not known. -: not applicable.
"""

D = "campaign.example"


def drop(name, kind, part=""):
    return "drop", name, kind, part


def put(line):
    return "put", line


def replace(name, kind, old, new):
    return "replace", name, kind, old, new


def twin(name, other, kind):
    """The records of `other` stand at `name`."""
    return "twin", name, other, kind


def fail(name, kind, outcome="SERVFAIL"):
    return "fail", name, kind, outcome


def spf(record):
    return [drop(D, "TXT"), put(f'{D}. TXT "{record}"')]


def dmarc(record):
    return [drop(f"_dmarc.{D}", "TXT"), put(f'_dmarc.{D}. TXT "{record}"')]


def key(record, selector="s1"):
    name = f"{selector}._domainkey.{D}"
    return [drop(name, "TXT"), put(f"{name}. TXT {record}")]


def of(requirement, *profiles):
    return {f"{profile}/{requirement}" for profile in profiles}


def base(*checks):
    return {f"baseline/{check}" for check in checks}


insecure, bogus, unvalidated = [("insecure",)], [("bogus",)], [("unvalidated",)]

# ---- what stands and falls together ----

SPF = of("spf", "google-bulk", "yahoo", "microsoft", "apple", "internet-nl", "nist-800-177", "bod-18-01")
SPF_ENDS = {"internet-nl/spf-policy", "nist-800-177/spf-hardfail"}  # and bod-18-01/spf-hardfail, a should
HARDFAIL = of("spf-hardfail", "nist-800-177", "bod-18-01")
# Whether anybody can pass SPF is open as well.
SPF_CHECKS = base("spf-record", "spf-syntax", "spf-lookups", "spf-voids", "spf-all", "spf-targets", "spf-ranges", "spf-hygiene",
                  "spf-size", "spoofable")
DKIM = of("dkim", "google-bulk", "yahoo", "microsoft", "apple", "gmx", "nist-800-177")
DMARC = of("dmarc", "google-bulk", "yahoo", "microsoft", "apple", "internet-nl", "nist-800-177", "bod-18-01")
POLICY = {"internet-nl/dmarc-policy", "bod-18-01/dmarc-reject"}
REPORTS = of("dmarc-reports", "yahoo", "internet-nl", "bod-18-01")
PTR = of("ptr", "google", "google-bulk", "apple", "gmx")
OWN_NAME = of("ptr-own-name", "apple", "gmx")
KEY_1024 = of("dkim-key-1024", "google", "google-bulk", "yahoo")
KEY_2048 = of("dkim-key-2048", "google", "google-bulk", "yahoo")
KEYS = KEY_1024 | KEY_2048 | of("dkim-key-2048", "nist-800-177") | of("dkim-own-keys", "nist-800-177") | \
    of("dkim-sha256", "nist-800-177")  # what there is to say of keys
BOTH = of("alignment-both", "google-bulk", "microsoft")
DNSSEC = of("dnssec", "internet-nl", "nist-800-177")
# Everything that has to do with whose mail passes: not known when the DMARC record is not.
ALIGNMENT = of("alignment", "google-bulk", "yahoo", "microsoft") | BOTH | \
    {"microsoft/spf", "gmx/dkim-aligned", "laposte/aligned-spf-or-dkim"}

NO_DMARC = {"X": base("dmarc-record") | DMARC | POLICY, "!": {"gmx/dmarc", "baseline/spoofable"},
            "-": REPORTS | {"nist-800-177/dmarc-policy"}}
NOT_ALL = {"X": SPF_ENDS, "!": {"bod-18-01/spf-hardfail", "baseline/spf-all"}}

# keys made for this test
K1024 = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC9XyIrpwtI+5Oe+3+OXrMMfENEyR8UiKbM7sV2IRgHmMO8+4Ez4a2z2r3bfu2i"
        "F8UK0N004Qsf6DMdZeOxrCK9X3cKia2TbWJwxg/YENUIAVjlOf3jD2ST1W5w39wYvF4hh7otgo/+zufCXUQmqnCYozr//7noJLzq"
        "GMwJRHgEfQIDAQAB")
K512 = ("MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKcz+j+qb2lIldc3411OQTIIr/7c3gFas0gaNHCHRRoYYlriK3FhYw2qAHUhJnDRhLbB"
        "VVehPbiBnwALtqy1eoECAwEAAQ==")


def rsa(text):
    return " ".join(f'"{part}"' for part in ("v=DKIM1; k=rsa; p=" + text[:200], text[200:]) if part)


SENDER = [
    # ---- SPF ----
    ("no SPF record", [drop(D, "TXT")],
     {"X": base("spf-record") | SPF | {"internet-nl/spf-policy"}, "-": HARDFAIL}),
    ("two SPF records", [put(f'{D}. TXT "v=spf1 mx -all"')],
     {"X": base("spf-record", "alignment") | SPF | {"internet-nl/spf-policy"}, "-": HARDFAIL}),
    ("a misspelt mechanism", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 inlude:spf.vendor.example -all"),
     {"X": base("spf-syntax", "alignment") | SPF}),
    ("+all", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 include:spf.vendor.example +all"),
     {"X": base("spf-all") | SPF_ENDS, "!": {"bod-18-01/spf-hardfail", "baseline/spoofable"}}),
    ("?all", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 include:spf.vendor.example ?all"), NOT_ALL),
    ("no all", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 include:spf.vendor.example"), NOT_ALL),
    ("~all", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 include:spf.vendor.example ~all"),
     {"X": {"nist-800-177/spf-hardfail"}, "!": {"bod-18-01/spf-hardfail"}}),
    ("the vendor lets everybody pass", [drop("spf.vendor.example", "TXT"), put('spf.vendor.example. TXT "v=spf1 +all"')],
     {"X": base("spf-all") | SPF_ENDS, "!": {"bod-18-01/spf-hardfail", "baseline/spoofable"}}),
    ("the vendor needs ten more lookups", [drop("spf.vendor.example", "TXT"), put(
        'spf.vendor.example. TXT "v=spf1 ' + "a:ns.vendor.example " * 10 + '-all"')],
     {"X": base("spf-lookups") | SPF}),
    ("the vendor's record is gone", [drop("spf.vendor.example", "TXT")], {"X": base("spf-targets") | SPF}),
    ("the vendor's record is misspelt", [drop("spf.vendor.example", "TXT"), put('spf.vendor.example. TXT "v=spf1 ipv4:198.51.100.64 -all"')],
     {"X": base("spf-targets") | SPF}),
    ("the vendor's record answers SERVFAIL", [fail("spf.vendor.example", "TXT")],
     {"?": base("spf-targets", "spf-lookups", "spf-voids", "spf-all", "spf-ranges", "spoofable") | SPF | SPF_ENDS | HARDFAIL}),
    ("the SPF record answers SERVFAIL", [fail(D, "TXT")],
     {"?": SPF_CHECKS | base("spf-receivers") | SPF | SPF_ENDS | HARDFAIL}),
    ("the SPF record answers TIMEOUT", [fail(D, "TXT", "TIMEOUT")],
     {"?": SPF_CHECKS | base("spf-receivers") | SPF | SPF_ENDS | HARDFAIL}),
    ("a sending address is not in it", spf("v=spf1 ip6:2001:db8:1::25 include:spf.vendor.example -all"),
     {"X": base("alignment") | {"microsoft/spf"}}),
    ("a range that is too wide", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 ip4:20.0.0.0/8 include:spf.vendor.example -all"),
     {"!": base("spf-ranges")}),
    ("ptr", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 include:spf.vendor.example ptr -all"), {"!": base("spf-hygiene")}),
    ("three terms that find nothing", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 a:a.vendor.example a:b.vendor.example "
                                          "a:c.vendor.example -all"), {"X": base("spf-voids") | SPF}),
    ("an unknown modifier", spf("v=spf1 ip4:192.0.2.25 ip6:2001:db8:1::25 include:spf.vendor.example x=y -all"), {}),

    # ---- DKIM ----
    ("a selector is gone", [drop(f"s1._domainkey.{D}", "TXT")], {"X": base("dkim-selectors") | DKIM}),
    ("the other selector is gone", [drop(f"s2._domainkey.{D}", "TXT")], {"X": base("dkim-selectors") | DKIM}),
    ("both selectors are gone", [drop(f"s1._domainkey.{D}", "TXT"), drop(f"s2._domainkey.{D}", "TXT")],
     {"X": base("dkim-selectors") | DKIM | {"internet-nl/dkim", "gmx/dkim-aligned"}, "!": base("alignment") | BOTH, "-": KEYS}),
    ("neither SPF nor DKIM", [drop(D, "TXT"), drop(f"s1._domainkey.{D}", "TXT"), drop(f"s2._domainkey.{D}", "TXT")],
     {"X": base("spf-record", "dkim-selectors", "alignment") | SPF | DKIM | {"internet-nl/spf-policy", "internet-nl/dkim"} |
      of("alignment", "google-bulk", "yahoo", "microsoft") | {"google/spf-or-dkim", "laposte/aligned-spf-or-dkim"},
      "-": KEYS | HARDFAIL}),
    ("a revoked key", key('"v=DKIM1; p="'), {"X": base("dkim-revoked") | DKIM}),
    ("a key of 512 bits", key(rsa(K512)),
     {"X": base("dkim-key-size") | DKIM | KEY_1024 | {"nist-800-177/dkim-key-2048"}, "!": KEY_2048}),
    ("a key of 1024 bits", key(rsa(K1024)),
     {"X": {"nist-800-177/dkim-key-2048"}, "!": base("dkim-key-size") | KEY_2048}),
    ("a key that is no base64", key('"v=DKIM1; k=rsa; p=MIIB*"'), {"X": base("dkim-key") | DKIM}),
    ("two records at a selector", [put(f's1._domainkey.{D}. TXT "v=DKIM1; p="')], {"X": base("dkim-record-count") | DKIM}),
    ("a key of an unknown type", key('"v=DKIM1; k=dsa; p=MIIB"'), {"X": base("dkim-usable") | DKIM}),
    ("a key for SHA-1 only", [replace(f"s1._domainkey.{D}", "TXT", "v=DKIM1; k=rsa;", "v=DKIM1; k=rsa; h=sha1;")],
     {"X": base("dkim-usable") | DKIM | {"nist-800-177/dkim-sha256"}}),
    ("a key in testing", [replace(f"s1._domainkey.{D}", "TXT", "v=DKIM1; k=rsa;", "v=DKIM1; k=rsa; t=y;")],
     {"!": base("dkim-testing")}),
    ("one key for both selectors", [twin(f"s2._domainkey.{D}", f"s1._domainkey.{D}", "TXT")],
     {"!": {"nist-800-177/dkim-own-keys"}}),
    ("an alias that leads nowhere", [drop(f"s1._domainkey.{D}", "TXT"), put(f"s1._domainkey.{D}. CNAME s1.vendor.example.")],
     {"X": base("dkim-cname") | DKIM}),
    ("a selector answers SERVFAIL", [fail(f"s1._domainkey.{D}", "TXT")], {"?": base("dkim-selectors") | DKIM}),
    ("a selector answers TIMEOUT", [fail(f"s2._domainkey.{D}", "TXT", "TIMEOUT")], {"?": base("dkim-selectors") | DKIM}),

    # ---- DMARC ----
    ("no DMARC record", [drop(f"_dmarc.{D}", "TXT")], NO_DMARC),
    ("two DMARC records", [put(f'_dmarc.{D}. TXT "v=DMARC1; p=none"')], NO_DMARC),
    ("DMARC1 in small letters", dmarc("v=dmarc1; p=reject; rua=mailto:dmarc@reports.example"), NO_DMARC),
    ("p=none", dmarc("v=DMARC1; p=none; sp=reject; np=reject; rua=mailto:dmarc@reports.example"),
     {"X": POLICY, "!": base("dmarc-policy", "spoofable") | {"nist-800-177/dmarc-policy"}}),
    ("p=quarantine", dmarc("v=DMARC1; p=quarantine; sp=reject; np=reject; rua=mailto:dmarc@reports.example"),
     {"X": {"bod-18-01/dmarc-reject"}}),
    ("sp=none", dmarc("v=DMARC1; p=reject; sp=none; np=reject; rua=mailto:dmarc@reports.example"),
     {"X": POLICY, "!": base("dmarc-subdomains")}),
    ("np=none", dmarc("v=DMARC1; p=reject; sp=reject; np=none; rua=mailto:dmarc@reports.example"),
     {"!": base("dmarc-subdomains")}),
    ("t=y", dmarc("v=DMARC1; p=reject; sp=reject; np=reject; t=y; rua=mailto:dmarc@reports.example"),
     {"X": POLICY, "!": base("dmarc-policy") | {"nist-800-177/dmarc-policy"}}),
    ("no rua", dmarc("v=DMARC1; p=reject; sp=reject; np=reject"),
     {"X": {"bod-18-01/dmarc-reports"}, "!": {"yahoo/dmarc-reports"}}),
    ("sp misspelt, with rua", dmarc("v=DMARC1; p=reject; sp=rejct; rua=mailto:dmarc@reports.example"),
     {"X": base("dmarc-syntax") | POLICY, "!": base("spoofable") | {"nist-800-177/dmarc-policy"}}),
    ("sp misspelt, without rua", dmarc("v=DMARC1; p=reject; sp=rejct"),
     {"X": base("dmarc-syntax") | DMARC | POLICY, "!": {"gmx/dmarc", "nist-800-177/dmarc-policy", "baseline/spoofable"}}),
    ("pct, which is history", dmarc("v=DMARC1; p=reject; sp=reject; np=reject; pct=50; rua=mailto:dmarc@reports.example"), {}),
    ("strict alignment", dmarc("v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; aspf=s; rua=mailto:dmarc@reports.example"), {}),
    ("the DMARC record answers SERVFAIL", [fail(f"_dmarc.{D}", "TXT")],
     {"?": base("dmarc-record", "dmarc-syntax", "dmarc-policy", "dmarc-subdomains", "dmarc-reports", "dmarc-psl", "alignment",
                "spoofable") | DMARC | POLICY | REPORTS | ALIGNMENT | {"gmx/dmarc", "nist-800-177/dmarc-policy"}}),
    ("the reports are not authorised", [drop(f"{D}._report._dmarc.reports.example", "TXT")],
     {"X": {"internet-nl/dmarc-reports"}, "!": base("dmarc-reports")}),
    ("the authorisation answers SERVFAIL", [fail(f"{D}._report._dmarc.reports.example", "TXT")],
     {"?": base("dmarc-reports") | REPORTS}),

    # ---- MX ----
    ("no MX", [drop(D, "MX")], {"X": base("mx-present") | {"gmx/mail-host"}, "-": {"internet-nl/ipv6", "internet-nl/dane"}}),
    ("a null MX", [drop(D, "MX"), put(f"{D}. MX 0 .")],
     {"X": base("mx-present") | {"gmx/mail-host"}, "!": base("spf-all"), "-": {"internet-nl/ipv6", "internet-nl/dane"}}),
    ("one MX host", [drop(D, "MX", "mx2")], {}),
    ("an MX host without address", [drop(f"mx2.{D}", "A"), drop(f"mx2.{D}", "AAAA")], {"X": base("mx-hosts")}),
    ("an MX host that is an alias", [drop(f"mx2.{D}", "A"), drop(f"mx2.{D}", "AAAA"), put(f"mx2.{D}. CNAME mx1.{D}.")],
     {"X": base("mx-hosts"), "!": base("dane-hosts")}),
    ("MX hosts without IPv6", [drop(f"mx1.{D}", "AAAA"), drop(f"mx2.{D}", "AAAA")], {"X": {"internet-nl/ipv6"}}),
    ("the MX records answer SERVFAIL", [fail(D, "MX")],
     {"?": base("mx-present", "mx-hosts", "mx-redundancy", "mta-sts-hosts") | {"gmx/mail-host", "internet-nl/ipv6", "internet-nl/dane",
                                                                                     "nist-800-177/transport"}}),

    # ---- reverse names ----
    ("no reverse name", [drop("25.2.0.192.in-addr.arpa", "PTR")], {"X": base("ptr-present") | PTR, "!": {"yahoo/ptr"}}),
    ("a reverse name that leads nowhere", [drop("25.2.0.192.in-addr.arpa", "PTR"), put(f"25.2.0.192.in-addr.arpa. PTR gone.{D}.")],
     {"X": base("ptr-forward") | PTR, "!": {"yahoo/ptr"}}),
    ("the name has another address", [drop(f"out.{D}", "A"), put(f"out.{D}. A 192.0.2.99")],
     {"X": base("ptr-forward") | PTR, "!": base("helo") | {"yahoo/ptr"}}),
    ("a provider's default name", [drop("25.2.0.192.in-addr.arpa", "PTR"), put("25.2.0.192.in-addr.arpa. PTR 192-0-2-25.dynamic.vendor.example."),
                                   put("192-0-2-25.dynamic.vendor.example. A 192.0.2.25")],
     {"X": {"gmx/ptr-own-name"}, "!": base("ptr-generic") | {"apple/ptr-own-name"}}),
    ("the reverse name answers SERVFAIL", [fail("25.2.0.192.in-addr.arpa", "PTR")],
     {"?": base("ptr-present") | PTR | OWN_NAME | {"yahoo/ptr"}}),
    ("the name's address answers SERVFAIL", [fail(f"out.{D}", "A")], {"?": base("ptr-forward", "helo") | PTR | {"yahoo/ptr", "gmx/helo"}}),
    ("the HELO name is gone", [drop(f"out.{D}", kind) for kind in ("A", "AAAA", "TXT")],
     {"X": base("helo", "ptr-forward") | PTR | {"gmx/helo"}, "!": {"yahoo/ptr"}}),
    ("the HELO name has no SPF", [drop(f"out.{D}", "TXT")], {}),

    # ---- DANE and DNSSEC ----
    ("an MX host without TLSA", [drop(f"_25._tcp.mx2.{D}", "TLSA")], {"X": {"internet-nl/dane"}, "!": base("dane-hosts")}),
    ("no TLSA at all", [drop(f"_25._tcp.mx1.{D}", "TLSA"), drop(f"_25._tcp.mx2.{D}", "TLSA")], {"X": {"internet-nl/dane"}}),
    ("TLSA records that senders ignore", [drop(f"_25._tcp.mx1.{D}", "TLSA"), put(f"_25._tcp.mx1.{D}. TLSA 1 1 1 " + "ab" * 32)],
     {"X": {"internet-nl/dane"}, "!": base("dane-records")}),
    ("a TLSA record of the wrong length", [put(f"_25._tcp.mx1.{D}. TLSA 3 1 1 abcd")],
     {"X": base("dane-records") | {"internet-nl/dane"}}),
    ("a TLSA lookup answers SERVFAIL", [fail(f"_25._tcp.mx1.{D}", "TLSA")],
     {"?": base("dane-lookup", "dane-hosts") | {"internet-nl/dane"}}),
    ("DNSSEC is not there", insecure, {"X": DNSSEC | {"internet-nl/dane"}, "!": base("dane-dnssec")}),
    ("DNSSEC is broken", bogus, {"X": base("dnssec-state") | DNSSEC}),
    ("DNSSEC was not looked at", unvalidated, {"?": DNSSEC}),

    # ---- what no profile asks for ----
    ("no CAA", [drop(D, "CAA")], {}),
    ("no TLS-RPT", [drop(f"_smtp._tls.{D}", "TXT")], {}),
    ("no MTA-STS", [drop(f"_mta-sts.{D}", "TXT")], {}),
    ("the host of the MTA-STS policy is gone", [drop(f"mta-sts.{D}", "A")], {"X": base("mta-sts-policy")}),
    ("the MTA-STS record answers SERVFAIL", [fail(f"_mta-sts.{D}", "TXT")], {"?": base("mta-sts-record", "mta-sts-policy", "mta-sts-hosts")}),
    ("neither DANE nor MTA-STS", [drop(f"_25._tcp.mx1.{D}", "TLSA"), drop(f"_25._tcp.mx2.{D}", "TLSA"), drop(f"_mta-sts.{D}", "TXT")],
     {"X": {"internet-nl/dane"}, "!": {"nist-800-177/transport"}}),
    ("a TLS-RPT record without address", [drop(f"_smtp._tls.{D}", "TXT"), put(f'_smtp._tls.{D}. TXT "v=TLSRPTv1;"')],
     {"X": base("tls-rpt-record")}),
    ("an MX host outside the MTA-STS policy", [drop(D, "MX", "mx2"), put(f"{D}. MX 20 mx.reports.example.")],
     {"X": base("mta-sts-hosts") | {"internet-nl/dane"}, "!": base("dane-hosts") | {"nist-800-177/transport"}}),
    ("one name server", [drop(D, "NS", "ns2")], {}),
]

P = "parked.example"

PARKED = [
    ("no SPF record", [drop(P, "TXT")], {"X": base("parked") | {"parked/spf"}}),
    ("~all", [drop(P, "TXT"), put(f'{P}. TXT "v=spf1 ~all"')], {"X": base("parked") | {"parked/spf"}}),
    ("SPF lets somebody send", [drop(P, "TXT"), put(f'{P}. TXT "v=spf1 ip4:192.0.2.9 -all"')],
     {"X": base("parked") | {"parked/spf"}}),
    ("an MX host", [drop(P, "MX"), put(f"{P}. MX 10 mx.reports.example.")], {"!": base("parked") | {"parked/mx"}}),
    ("no MX", [drop(P, "MX")], {"!": base("parked") | {"parked/mx"}}),
    ("no DMARC record", [drop(f"_dmarc.{P}", "TXT")], {"X": base("dmarc-record", "parked") | {"parked/dmarc"}, "!": base("spoofable")}),
    ("p=none", [drop(f"_dmarc.{P}", "TXT"), put(f'_dmarc.{P}. TXT "v=DMARC1; p=none; rua=mailto:dmarc@reports.example"')],
     {"X": base("parked") | {"parked/dmarc"}, "!": base("dmarc-policy", "spoofable")}),
    ("sp=quarantine", [drop(f"_dmarc.{P}", "TXT"), put(f'_dmarc.{P}. TXT "v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@reports.example"')],
     {"X": base("parked") | {"parked/dmarc"}, "!": base("dmarc-subdomains")}),
    ("no revoked keys", [drop(f"*._domainkey.{P}", "TXT")], {"!": {"parked/dkim-wildcard"}}),
    ("a key in use", [put(f"s1._domainkey.{P}. TXT {rsa(K1024)}")], {"!": base("parked", "dkim-key-size") | {"parked/dkim"}}),
    ("the SPF record answers SERVFAIL", [fail(P, "TXT")],
     {"?": SPF_CHECKS | base("parked") | {"parked/spf"}}),
    ("the DMARC record answers TIMEOUT", [fail(f"_dmarc.{P}", "TXT", "TIMEOUT")],
     {"?": base("dmarc-record", "dmarc-syntax", "dmarc-policy", "dmarc-subdomains", "dmarc-reports", "dmarc-psl", "spoofable",
                "parked") | {"parked/dmarc"}}),
    ("the MX record answers SERVFAIL", [fail(P, "MX")], {"?": base("mx-present", "mx-hosts", "mx-redundancy", "parked") | {"parked/mx"}}),
]
