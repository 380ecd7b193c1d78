"""Defects of libspf2 1.2.10: one row each, as a zone would bring it in.

name, records below the row's domain (DOMAIN), what comes of it: `own` is check_host() by the standard, `theirs` what libspf2 says
("crash": the process dies), `finds` what the report must say besides ("-slug": must not). The sender is 198.51.100.7 unless `ip` says so. A
difference without a finding of its own is "spf-libspf2-differs", and `cause` is a part of what that says.
"""

A, A6, LOCAL = "198.51.100.7", "2001:db8::7", "127.0.0.1"
SENDERS = (A, A6, LOCAL)
# What the process that holds the library survives, in a table of A: a deadly one beside it must change nothing.
CRASH = "crash"


def txt(content, owner="DOMAIN"):
    """As strings of a TXT record, in the syntax of zone files."""
    content = content.replace("\\", "\\\\").replace('"', '\\"')
    return f"{owner}. TXT " + " ".join(f'"{content[i:i + 250]}"' for i in range(0, max(len(content), 1), 250))


def many(term, count):
    return " ".join(term.format(i=i) for i in range(count))


def farm(count, match):
    """Mail exchangers; number `match` is the sender."""
    hosts = [f"DOMAIN. MX 10 h{i:02}.DOMAIN." for i in range(count)]
    return hosts + [f"h{i:02}.DOMAIN. A {A if i == match else '192.0.2.9'}" for i in range(count)]


def tree(levels, wide):
    """Includes of includes; the last one never matches."""
    records = [txt("v=spf1 " + many("include:l0.DOMAIN", 1) + " -all")]
    for level in range(levels):
        records.append(txt("v=spf1 " + " ".join([f"include:l{level + 1}.DOMAIN"] * wide) + " -all", f"l{level}.DOMAIN"))
    return records + [txt("v=spf1 -all", f"l{levels}.DOMAIN")]


PASS = txt(f"v=spf1 ip4:{A} -all", "pass.DOMAIN")
HOST = f"DOMAIN. A {A}"
EXP = "v=spf1 -all exp=e.DOMAIN"
D127 = "%{d}" * 127

# The causes of wrong answers that the suite of RFC 7208 shows; every single case of it: tests/conformance/libspf2.txt.
CAUSES = [
    dict(name="result-never-set", zone=[txt("v=spf1 ip4:198.51.100.999 -all")], own="permerror", theirs="(invalid)"),
    dict(name="zero-length", zone=[txt("v=spf1 ip4:0.0.0.0/0 -all")], own="pass", theirs="(invalid)", cause="/0"),
    dict(name="zero-length-a", zone=[txt("v=spf1 a/0 -all"), HOST], own="pass", theirs="(invalid)", cause="/0"),
    dict(name="zero-length-mx", zone=[txt("v=spf1 mx/0 -all"), *farm(1, 9)], own="pass", theirs="(invalid)", cause="/0"),
    dict(name="zero-length-ip6", zone=[txt("v=spf1 ip6:::/0 -all")], ip=A6, own="pass", theirs="(invalid)", cause="/0"),
    dict(name="name-grammar", zone=[txt("v=spf1 a:foo -all")], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="name-numeric", zone=[txt("v=spf1 a:198.51.100.7 ?all")], own="permerror", theirs="neutral", cause="overlooks"),
    dict(name="name-empty", zone=[txt("v=spf1 a: -all"), HOST], own="permerror", theirs="pass", cause="overlooks"),
    dict(name="name-empty-exp", zone=[txt("v=spf1 -all exp=")], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="charset", zone=["DOMAIN. TXT \"v=spf1 a:caf\\195\\169.DOMAIN -all\""], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="nul-ends-it", zone=[f"DOMAIN. TXT \"v=spf1 ip4:{A}\\000 -all\""], own="permerror", theirs="pass", cause="overlooks"),
    dict(name="redirect-in-place", zone=[txt("v=spf1 redirect=pass.DOMAIN ip4:192.0.2.1 -all"), PASS], own="fail", theirs="pass",
         cause="redirect="),
    dict(name="redirect-twice", zone=[txt("v=spf1 redirect=pass.DOMAIN redirect=pass.DOMAIN"), PASS], own="permerror", theirs="pass",
         cause="overlooks"),
    dict(name="modifier-name", zone=[txt("v=spf1 moo.cow=x -all")], own="fail", theirs="(invalid)", cause="setting"),
    dict(name="percent", zone=[txt("v=spf1 a:%(d).DOMAIN -all")], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="macro-of-exp", zone=[txt("v=spf1 x=%{t} -all")], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="exp-twice", zone=[txt("v=spf1 exp=a.DOMAIN exp=b.DOMAIN -all")], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="prefix-zeros", zone=[txt("v=spf1 ip4:198.51.100.0/024 -all")], own="permerror", theirs="pass", cause="overlooks"),
    dict(name="prefix-wraps", zone=[txt("v=spf1 ip4:198.51.100.0/4294967320 -all")], own="permerror", theirs="pass", cause="overlooks"),
    dict(name="ptr-error", zone=[txt(f"v=spf1 ptr ip4:{A} -all"), "7.100.51.198.in-addr.arpa. PTR x.ring.example.",
                                 "x.ring.example. CNAME y.ring.example.", "y.ring.example. CNAME x.ring.example."],
         own="pass", theirs="temperror", cause="ptr"),
    dict(name="include-counts-anew", zone=[txt("v=spf1 include:a.DOMAIN include:b.DOMAIN -all"), *(txt("v=spf1 " + many("a:h{i}.DOMAIN", 8) + " ?all", f"{n}.DOMAIN")
                                           for n in "ab"), *(f"h{i}.DOMAIN. A 192.0.2.9" for i in range(8))],
         own="permerror", theirs="fail", cause="counts each include anew", finds=["spf-too-many-lookups"]),
    dict(name="voids-not-counted", zone=[txt("v=spf1 " + many("a:no{i}.DOMAIN", 4) + " -all")], own="permerror", theirs="fail",
         cause="does not count", finds=["spf-too-many-voids"]),
    dict(name="loopback", zone=[txt("v=spf1 -all")], ip=LOCAL, own="fail", theirs="pass"),
]

# Wrong answers that no case of the suite shows
SILENT = [
    dict(name="ip4-63", zone=[txt("v=spf1 " + many("ip4:192.0.2.{i}", 63) + " -all")], own="fail", theirs="fail"),
    dict(name="ip4-64", zone=[txt("v=spf1 " + many("ip4:192.0.2.{i}", 64) + " -all")], own="fail", theirs="neutral", cause="too long"),
    dict(name="ip6-25", zone=[txt("v=spf1 " + many("ip6:2001:db8:1::{i}", 25) + " -all")], own="fail", theirs="fail"),
    dict(name="ip6-26", zone=[txt("v=spf1 " + many("ip6:2001:db8:1::{i}", 26) + " -all")], own="fail", theirs="neutral", cause="too long"),
    # Eight names of 60 octets cost eight of the ten lookups
    dict(name="names-60", zone=[txt("v=spf1 " + many("a:" + "n" * 46 + "{i}.names.example", 8) + " -all"),
                                *("n" * 46 + f"{i}.names.example. A 192.0.2.9" for i in range(8))], own="fail", theirs="neutral", cause="too long"),
    dict(name="names-50", zone=[txt("v=spf1 " + many("a:" + "n" * 36 + "{i}.names.example", 9) + " -all"),
                                *("n" * 36 + f"{i}.names.example. A 192.0.2.9" for i in range(9))], own="fail", theirs="neutral", cause="too long"),
    dict(name="literal-256", zone=[txt("v=spf1 exists:%{d}" + ".x" * 140 + ".DOMAIN -all")], own="fail", theirs="(invalid)"),
    dict(name="numbered-macro", zone=[txt("v=spf1 exists:%{d2}.e.DOMAIN -all"), "DOMAIN.e.DOMAIN. A 127.0.0.2"], own="pass", theirs="fail",
         cause="a number"),
    dict(name="numbered-macro-ip", zone=[txt("v=spf1 exists:%{i4r}.e.DOMAIN -all"), "7.100.51.198.e.DOMAIN. A 127.0.0.2"], own="pass", theirs="fail"),
    dict(name="delimiter-comma", zone=[txt("v=spf1 exists:%{d,}.e.DOMAIN -all")], own="fail", theirs="(invalid)"),
    dict(name="delimiter-slash", zone=[txt("v=spf1 exists:%{d/}.e.DOMAIN -all")], own="fail", theirs="(invalid)"),
    dict(name="delimiter-bar", zone=[txt("v=spf1 exists:%{d|}.e.DOMAIN -all")], own="permerror", theirs="fail", cause="overlooks"),
    dict(name="mx-11", zone=[txt("v=spf1 mx -all"), *farm(11, 3)], own="permerror", theirs="pass", cause="first ten"),
    dict(name="term-11-passes", zone=[txt("v=spf1 " + many("a:no{i}.DOMAIN", 10) + " a -all"), HOST, *(f"no{i}.DOMAIN. A 192.0.2.9" for i in range(10))],
         own="permerror", theirs="pass", finds=["spf-too-many-lookups"]),
]

# What grows without an end
GROWTH = [
    dict(name="tree-820", zone=tree(3, 9), own="permerror", theirs=None),
    dict(name="tree-millions", zone=tree(7, 9), own="permerror", theirs=None),
    dict(name="self-include", zone=[txt("v=spf1 include:DOMAIN -all")], own="permerror", theirs=None),
    dict(name="self-redirect", zone=[txt("v=spf1 redirect=DOMAIN")], own="permerror", theirs=None),
    dict(name="name-bomb-include", zone=[txt("v=spf1 include:" + "%{d}." * 60 + "DOMAIN -all"),
                                         txt("v=spf1 include:" + "%{d}." * 60 + "DOMAIN -all", "*.DOMAIN")], own="permerror", theirs=None),
    dict(name="name-bomb-redirect", zone=[txt("v=spf1 redirect=" + "%{d}." * 60 + "DOMAIN"),
                                          txt("v=spf1 redirect=" + "%{d}." * 60 + "DOMAIN", "*.DOMAIN")], own=None, theirs=None),
]

# Memory that is overrun
OVERRUNS = [
    # CVE-2023-42118: not mended in Debian 12
    dict(name="exp-crash", zone=[txt(EXP), txt(D127 + "x", "e.DOMAIN")], own="fail", theirs=CRASH),
    dict(name="exp-longer", zone=[txt(EXP), txt(D127 + "x" * 400, "e.DOMAIN")], own="fail", theirs=CRASH),
    dict(name="exp-below", zone=[txt(EXP), txt("%{d}" * 100, "e.DOMAIN")], own="fail", theirs="fail"),
    dict(name="exp-by-softfail", zone=[txt("v=spf1 ~all exp=e.DOMAIN"), txt(D127 + "x", "e.DOMAIN")], own="softfail", theirs=CRASH),
    # Below an include it is not the included record's text that is fetched but the outer one's: even when mail passes in the end
    dict(name="exp-of-included", zone=[txt("v=spf1 include:i.DOMAIN ?all"), txt(EXP, "i.DOMAIN"), txt(D127 + "x", "e.DOMAIN")],
         own="neutral", theirs="neutral"),
    dict(name="exp-around-include", zone=[txt(f"v=spf1 include:i.DOMAIN ip4:{A} -all exp=e.DOMAIN"), txt("v=spf1 -all", "i.DOMAIN"),
                                          txt(D127 + "x", "e.DOMAIN")], own="pass", theirs=CRASH),
    dict(name="exp-by-redirect", zone=[txt("v=spf1 redirect=i.DOMAIN"), txt(EXP, "i.DOMAIN"), txt(D127 + "x", "e.DOMAIN")], own="fail", theirs=CRASH),
    *(dict(name=f"long-{name}", zone=[txt(f"v=spf1 {start}{D127}{'x' * 4000}.DOMAIN -all")], own=own, theirs=CRASH) for name, start, own in (
        ("exists", "exists:", "fail"), ("include", "include:", "permerror"), ("a", "a:", "fail"), ("mx", "mx:", "fail"), ("ptr", "ptr:", "fail"),
        ("modifier", "x=", "fail"), ("redirect", "redirect=", "fail"), ("exp", "exp=", "fail"))),
    # Mended in Debian
    *(dict(name=f"cve-2021-20314-{n}-{fill}", zone=[txt(EXP), txt("%{d}" * n + "x" * fill, "e.DOMAIN")], own="fail", theirs="fail")
      for n, fill in ((50, 309), (50, 310), (50, 311), (64, 254), (64, 255))),
    dict(name="cve-2021-33912", zone=[txt("v=spf1 exists:%{S}%{L}.e.DOMAIN -all")], mail_from=b"\x80\xff-\x80\xfe@", own="fail", theirs="fail"),
    dict(name="cve-2021-33913-l1r", zone=[txt("v=spf1 exists:%{l1r-}.e.DOMAIN -all")], mail_from=b"a-b-c-d-e-f@", own="fail", theirs="fail"),
    dict(name="cve-2021-33913-L1r", zone=[txt("v=spf1 exists:%{L1r}.e.DOMAIN -all")], mail_from=b"a.b.c.d.e.f@", own="fail", theirs="fail"),
]
ROWS = {"causes": CAUSES, "silent": SILENT, "growth": GROWTH, "overruns": OVERRUNS}
