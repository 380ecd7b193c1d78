#!/usr/bin/python3
"""The HTML report in a real browser: nothing is asked of the world, nothing is said on the console, it can be used with the
keyboard alone, read without the script, on narrow screens, in the dark and on paper; hostile records do nothing.

usage: test_html.py BINARY [--axe AXE_MIN_JS]

With --axe only axe-core is run, over every page: tests/e2e/axe.sh.
"""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

from browser import Browser
from lab import HERE

BINARY = os.path.abspath(sys.argv.pop(1))
AXE = sys.argv.pop() if "--axe" in sys.argv else None
DEMO = os.path.join(os.path.dirname(os.path.dirname(HERE)), "data", "demo", "demo.zone")
WIDTHS = (360, 768, 1280)

HOSTILE = [
    rb"<script>alert(1)</script>", rb"<img src=x onerror=alert(1)>", rb"</code></style></script><h1>x", rb"&lt;b&gt;&amp;&#60;",
    rb"\027[31mred\027]0;title\007", "\u202egnp.exe\u2066x\u2069\u200b\ufeff".encode(), rb"nul\000middle", b"\xff\xfe\xc0\x80\xed\xa0\x80",
    rb"javascript:alert(1)", rb"' onmouseover='alert(1)", rb"\" onmouseover=\"alert(1)", rb"]]><!--", rb"{{1+1}}${1+1}", b"A" * 70,
    "\u6f22\u5b57\U0001f600".encode(), rb"http://192.0.2.1/x.png",
]


def hostile_zone():
    lines = [b"$TTL 300"]
    for i, text in enumerate(HOSTILE):
        d = b"h%d.example" % i
        lines += [d + b". SOA ns." + d + b". h." + d + b". 1 7200 900 1209600 300", d + b". NS ns." + d + b".", b"ns." + d + b". A 192.0.2.1",
                  d + b". MX 10 ns." + d + b".", d + b'. TXT "v=spf1 include:' + text + b' exp=' + text + b' -all"',
                  b"_dmarc." + d + b'. TXT "v=DMARC1; p=' + text + b"; rua=mailto:" + text + b'"',
                  b"s1._domainkey." + d + b'. TXT "v=DKIM1; n=' + text + b"; k=" + text + b"; p=" + text + b'"',
                  b"_mta-sts." + d + b'. TXT "v=STSv1; id=' + text + b'"', b"_smtp._tls." + d + b'. TXT "v=TLSRPTv1; rua=' + text + b'"']
    return b"\n".join(lines) + b"\n"


def fleet_zone(count):
    """Domains of every kind, with DKIM keys, trees of includes, and faults."""
    lines, names = ["$TTL 300"], []
    for i in range(count):
        d = f"brand{i:03}.example"
        names.append(d)
        lines += [f"{d}. SOA ns.{d}. h.{d}. 1 7200 900 1209600 300", f"{d}. NS ns.{d}.", f"ns.{d}. A 192.0.2.1"]
        if i % 11:
            lines += [f"{d}. MX 10 mx.{d}.", f"mx.{d}. A 192.0.2.10"]
        includes = " ".join(f"include:s{k}.vendors.example" for k in range(i % 9))
        if i % 13:
            lines.append(f'{d}. TXT "v=spf1 ip4:192.0.2.{i % 250 + 1} {includes} {("-all", "~all", "?all", "")[i % 4]}"')
        if i % 7:
            lines.append(f'_dmarc.{d}. TXT "v=DMARC1; p={("none", "quarantine", "reject", "reject", "rejct")[i % 5]}; rua=mailto:d@{d}"')
    d = "vendors.example"
    lines += [f"{d}. SOA ns.{d}. h.{d}. 1 7200 900 1209600 300", f"{d}. NS ns.{d}.", f"ns.{d}. A 192.0.2.1"]
    for k in range(16):
        more = f"include:s{k + 8}.vendors.example" if k < 8 else " ".join(f"ip4:198.51.100.{j}" for j in range(k, k + 9))
        lines.append(f's{k}.vendors.example. TXT "v=spf1 {more} ~all"')
    return "\n".join(lines) + "\n", names


def audit(path, *args):
    done = subprocess.run([BINARY, "-f", "html", "-o", path, "--now", "2026-11-20T12:00:00Z", *args], capture_output=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise AssertionError(done.stderr.decode())


# Every visible text against the colour behind it (WCAG 2.1, 1.4.3); gradients at the edges of tables are left out.
CONTRAST = """(() => {
  const channel = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
  const parse = text => text.match(/[0-9.]+/g).map(Number);
  const behind = node => { for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const faults = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["STYLE", "SCRIPT"].includes(element.tagName) || !element.getClientRects().length) continue;
    const a = light(parse(getComputedStyle(element).color)), b = light(behind(element));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faults.push(ratio.toFixed(2) + " " + element.outerHTML.slice(0, 120));
  }
  return [...new Set(faults)].slice(0, 10);
})()"""

# What assistive technology stumbles over
STRUCTURE = """(() => {
  const faults = [], ids = new Set(), all = selector => [...document.querySelectorAll(selector)];
  for (const e of all("[id]")) { if (ids.has(e.id)) faults.push("id twice: " + e.id); ids.add(e.id); }
  for (const e of all("a[href]")) if (!e.getAttribute("href").startsWith("#") || !ids.has(e.getAttribute("href").slice(1)))
    faults.push("link: " + e.outerHTML.slice(0, 100));
  for (const e of all("[data-copy]")) if (!ids.has(e.dataset.copy)) faults.push("copy: " + e.dataset.copy);
  let last = 1;
  for (const e of all("h1,h2,h3,h4,h5,h6,[role=heading]")) {
    const level = Number(e.getAttribute("aria-level") || e.tagName[1]);
    if (level > last + 1) faults.push("heading skips: " + e.textContent.slice(0, 60));
    if (!e.textContent.trim()) faults.push("empty heading");
    last = level;
  }
  if (all("h1").length !== 1 || all("main").length !== 1 || !document.documentElement.lang) faults.push("landmarks");
  for (const e of all("button,a,input,summary,[tabindex='0']"))
    if (!(e.getAttribute("aria-label") || (e.labels && e.labels.length) || e.textContent).toString().trim()) faults.push("no name: " + e.outerHTML.slice(0, 80));
  for (const e of all("th")) if (!e.scope) faults.push("th without scope");
  for (const e of all("*")) for (const a of e.attributes) if (/^on|^style$|^src$/.test(a.name)) faults.push("attribute " + a.name);
  for (const e of all("iframe,object,embed,form,base,img,video,audio")) faults.push("element " + e.tagName);
  if (document.scripts.length !== 1 || document.querySelectorAll("style,link").length !== 2) faults.push("scripts or styles");
  return faults.slice(0, 20);
})()"""

UNFOLD = "document.querySelectorAll('details').forEach(d => { d.open = true; })"


class Pages:
    """The reports under test, made once."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        one = ["-z", DEMO, "-s", "s1", "broken.example", "--ip", "203.0.113.25", "--helo", "mail.broken.example", "--mail-from",
               "bounce.broken.example", "--what-if", "p=none"]
        audit(self.path("one"), *one)
        audit(self.path("two"), "-z", DEMO, "-s", "s1", "broken.example", "healthy.example")
        with open(f"{self.folder}/hostile.zone", "wb") as f:
            f.write(hostile_zone())
        audit(self.path("hostile"), "-z", f"{self.folder}/hostile.zone", "-s", "s1", *(f"h{i}.example" for i in range(len(HOSTILE))))
        zone, names = fleet_zone(500)
        with open(f"{self.folder}/fleet.zone", "w", encoding="ascii") as f:
            f.write(zone)
        with open(f"{self.folder}/names", "w", encoding="ascii") as f:
            f.write("\n".join(names))
        audit(self.path("fleet"), "-z", f"{self.folder}/fleet.zone", "-i", f"{self.folder}/names")
        audit(self.path("unknown"), "-n", "127.0.0.1:1", "--timeout", "0.2", "--retries", "0", "nothing.example")

    def path(self, name):
        return f"{self.folder}/{name}.html"

    def url(self, name):
        return f"file://{self.path(name)}"

    def read(self, name):
        with open(self.path(name), encoding="ascii") as f:
            return f.read()


NAMES = ["one", "two", "hostile", "unknown", "fleet"]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pages = PAGES
        cls.browser = BROWSER

    def open(self, name, **looks):
        page = self.browser.open(self.pages.url(name) if "://" not in name else name, **looks)
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.console, []))
        return page


class Quiet(Case):
    def test_file(self):
        for name in NAMES:
            with self.subTest(name):
                page = self.open(name)
                self.assertEqual(page.requests, [self.pages.url(name)])
                self.assertEqual(page.console, [])

    def test_served(self):
        """Over HTTP nothing is asked for but the page: not even an icon."""
        seen = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *args):
                seen.append(self.path)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=self.pages.folder))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.open(f"http://127.0.0.1:{server.server_port}/two.html")
        self.assertEqual(seen, ["/two.html"])

    def test_policy_is_in_force(self):
        """The page's own policy forbids what a hostile record would want."""
        page = self.browser.open(self.pages.url("one"))
        self.addCleanup(page.close)
        page.run("(() => { const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s); })()")
        page.run("(() => { const i = document.createElement('img'); i.src = 'http://127.0.0.1:1/x.png'; document.body.append(i); })()")
        self.browser.settle(0.3)
        self.assertIsNone(page.run("window.broken"))
        self.assertEqual(len([line for line in page.console if "Content Security Policy" in line]), 2)

    def test_tidy(self):
        for name in NAMES:
            done = subprocess.run(["tidy", "-errors", "-quiet", self.pages.path(name)], capture_output=True, text=True, check=False)
            self.assertEqual((name, done.returncode, done.stderr), (name, 0, ""))


class Looks(Case):
    def test_fits_the_screen(self):
        for name in NAMES:
            for width in WIDTHS:
                page = self.open(name, width=width)
                if name != "fleet":
                    page.run(UNFOLD)
                with self.subTest(name, width=width):
                    self.assertLessEqual(page.run("document.documentElement.scrollWidth"), width)

    def test_contrast(self):
        for name in ("one", "two", "hostile", "unknown"):
            for dark in (False, True):
                page = self.open(name, dark=dark)
                page.run(UNFOLD)
                with self.subTest(name, dark=dark):
                    self.assertEqual(page.run(CONTRAST), [])

    def test_dark_is_dark(self):
        colour = "getComputedStyle(document.body).backgroundColor"
        self.assertNotEqual(self.open("one").run(colour), self.open("one", dark=True).run(colour))

    def test_structure(self):
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.open(name).run(STRUCTURE), [])

    def test_verdict_comes_first(self):
        self.assertRegex(self.open("one").run("document.querySelector('main').innerText"), r"^NO-GO\s+broken\.example is not ready")
        text = self.open("fleet").run("document.querySelector('main').innerText")
        self.assertLess(text.index("not ready (NO-GO)"), text.index("brand"))

    def test_worst_first(self):
        words = self.open("fleet").run("[...document.querySelectorAll('#fleet tbody tr')].map(r => r.dataset.verdict)")
        order = ["fail", "incomplete", "pass"]
        self.assertEqual(words, sorted(words, key=order.index))
        self.assertEqual(len(words), 500)


class WithoutScript(Case):
    def test_all_is_there(self):
        page = self.open("two", script=False)
        self.assertEqual(page.run("document.querySelectorAll('#fleet tbody tr').length"), 2)
        self.assertEqual(page.run("document.querySelectorAll('button:not([hidden] button):not([hidden])').length"), 0)
        for text in ("SPF needs 11 DNS lookups", "What to mend", "v=DMARC1; p=reject; rua=mailto:dmarc@broken.example"):
            self.assertIn(text, page.run("document.body.innerText"))

    def test_links_unfold(self):
        """A link into a folded domain shows it, by the browser's own means."""
        page = self.open("fleet", script=False)
        page.run("document.querySelector('a[href=\"#d77\"]').click()")
        self.browser.settle(0.5)
        self.assertTrue(page.run("document.getElementById('d77').closest('details').open"))


class Use(Case):
    def focus(self, page):
        return page.run("(e => e.id || e.className || e.textContent || e.tagName)(document.activeElement)")

    def test_skip_link(self):
        page = self.open("fleet")
        page.key("Tab")
        self.assertEqual(self.focus(page), "skip")
        page.key("Enter")
        self.assertEqual(page.run("location.hash"), "#main")

    def test_keyboard_walk(self):
        """From the top to a domain's record, with Tab, Enter and letters alone."""
        page = self.open("fleet")
        for _ in range(2):
            page.key("Tab")
        self.assertEqual(self.focus(page), "search")
        page.type("brand07")
        self.assertEqual(page.run("document.getElementById('count').textContent"), "10 of 500 domains")
        page.key("Tab")
        page.key("Tab")
        self.assertEqual(self.focus(page), "NO-GO")
        page.key(" ")
        shown = page.run("[...document.querySelectorAll('#fleet tbody tr:not([hidden])')].map(r => r.dataset.verdict)")
        self.assertTrue(0 < len(shown) < 10 and set(shown) == {"fail"}, shown)
        for _ in range(20):
            page.key("Tab")
            if page.run("document.activeElement.closest('tbody') !== null"):
                break
        domain = page.run("document.activeElement.textContent")
        page.key("Enter")
        self.browser.settle(0.3)
        self.assertTrue(page.run(f"[...document.querySelectorAll('details.dom[open]')].some(d => d.textContent.includes({domain!r}))"))
        page.key("Tab")
        self.assertTrue(page.run("document.activeElement.closest('details.dom[open]') !== null"))

    def test_focus_is_seen(self):
        page = self.open("one")
        for _ in range(30):
            page.key("Tab")
            self.assertNotEqual(page.run("getComputedStyle(document.activeElement).outlineStyle"), "none", self.focus(page))

    def test_sort(self):
        page = self.open("fleet")
        column = "[...document.querySelectorAll('#fleet tbody tr')].map(r => %s)"
        click = "document.querySelectorAll('#fleet thead button')[%d].click()"
        page.run(click % 1)
        names = page.run(column % "r.cells[1].textContent")
        self.assertEqual(names, sorted(names))
        page.run(click % 1)
        self.assertEqual(page.run(column % "r.cells[1].textContent"), names[::-1])
        self.assertEqual(page.run("document.querySelectorAll('#fleet th')[1].getAttribute('aria-sort')"), "descending")
        page.run(click % 6)
        lookups = page.run(column % "Number(r.cells[6].dataset.sort)")
        self.assertEqual(lookups, sorted(lookups, reverse=True))
        self.assertIn("SPF lookups", page.run("document.getElementById('say').textContent"))

    def test_filter(self):
        page = self.open("fleet")
        for word in ("fail", "incomplete", "pass", ""):
            page.run(f"document.querySelector('button[data-verdict=\"{word}\"]').click()")
            rows = page.run("[...document.querySelectorAll('#fleet tbody tr:not([hidden])')].map(r => r.dataset.verdict)")
            sections = page.run("document.querySelectorAll('details.dom:not([hidden])').length")
            self.assertEqual(len(rows), sections)
            self.assertLessEqual(set(rows), {word} if word else {"fail", "incomplete", "pass"})

    def test_copy(self):
        page = self.open("one")
        self.browser.send("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        records = page.run("[...document.querySelectorAll('button.copy')].map(b => document.getElementById(b.dataset.copy).textContent)")
        self.assertIn("v=DMARC1; p=reject; rua=mailto:dmarc@broken.example", records)
        self.assertIn("25.113.0.203.in-addr.arpa.", records)
        at = records.index("v=DMARC1; p=reject; rua=mailto:dmarc@broken.example")
        page.run(f"(b => {{ b.focus(); b.click(); }})(document.querySelectorAll('button.copy')[{at}])")
        self.browser.settle(0.5)
        self.assertEqual(page.run("navigator.clipboard.readText()"), records[at])
        self.assertEqual(page.run("document.getElementById('say').textContent"), "Copied")

    def test_spf_tree(self):
        page = self.open("one")
        self.assertEqual(page.run("document.querySelectorAll('.tree .stop').length"), 1)
        self.assertRegex(page.run("document.querySelector('.tree .stop').closest('li').textContent"), "^mx.*lookup 11: receivers stop here")

    def test_paper(self):
        """Everything is printed, also what is folded, and buttons are not."""
        page = self.open("two", media="print")
        self.assertEqual(page.run("[...document.querySelectorAll('button:not(th button)')].filter(b => b.getClientRects().length).length"), 0)
        self.assertGreater(len(page.send("Page.printToPDF")["data"]), 10000)
        page.run("window.dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(page.run("document.querySelectorAll('details:not([open])').length"), 0)
        page.run("window.dispatchEvent(new Event('afterprint'))")
        self.assertGreater(page.run("document.querySelectorAll('details:not([open])').length"), 0)


class Hostile(Case):
    def test_nothing_runs(self):
        page = self.open("hostile")
        page.run(UNFOLD)
        self.assertEqual(page.run(STRUCTURE), [])
        text = page.run("document.body.innerText")
        self.assertIn("<script>alert(1)</script>", text)
        self.assertIn("\\u{202e}", text)
        self.assertFalse([c for c in text if ord(c) < 32 and c not in "\n\t" or c in "\u202e\u200b\ufeff\u2066"])

    def test_same_elements(self):
        """Whatever the records say, the same elements stand around it."""
        page = self.open("hostile")
        tags = page.run("[...new Set([...document.querySelectorAll('*')].map(e => e.tagName.toLowerCase()))].sort()")
        plain = self.open("two").run("[...new Set([...document.querySelectorAll('*')].map(e => e.tagName.toLowerCase()))].sort()")
        self.assertLessEqual(set(tags), set(plain) | {"mark", "pre"})

    def test_ascii(self):
        for name in NAMES:
            self.assertIsNone(re.search(r"[^\n -~]", self.pages.read(name)))


class Merged(Case):
    def test_same_page(self):
        """A page of merged reports is that of the run."""
        lines = f"{self.pages.folder}/two.ndjson"
        subprocess.run([BINARY, "-z", DEMO, "-s", "s1", "--now", "2026-11-20T12:00:00Z", "broken.example", "healthy.example", "-f", "ndjson",
                        "-o", lines], capture_output=True, check=False)
        merged = subprocess.run([BINARY, "merge", "-f", "html", lines], capture_output=True, text=True, check=False).stdout
        direct = self.pages.read("two")

        def drop(text):
            return re.sub(r"<time.*?</time>", "", text)
        self.assertEqual(drop(merged), drop(direct))


class Large(unittest.TestCase):
    def test_details_of_fit_domains_go_first(self):
        """A page of any number of domains is made; what does not fit is said, and never what stands in the way of a domain."""
        with tempfile.TemporaryDirectory() as folder:
            zone, names = f"{folder}/z", [f"fit{i}.example" for i in range(4000)] + ["broken.example"]
            with open(DEMO, encoding="ascii") as f:
                lines = [f.read()]
            for name in names[:-1]:
                lines.append(f"{name}. SOA ns.{name}. h.{name}. 1 7200 900 1209600 300\n{name}. NS ns.{name}.\nns.{name}. A 192.0.2.1\n"
                             f"{name}. MX 10 mx.{name}.\nmx.{name}. A 192.0.2.10\n{name}. TXT \"v=spf1 ip4:192.0.2.10 -all\"\n"
                             f"_dmarc.{name}. TXT \"v=DMARC1; p=reject; rua=mailto:d@{name}\"")
            with open(zone, "w", encoding="ascii") as f:
                f.write("\n".join(lines))
            done = subprocess.run([BINARY, "-z", zone, "-i", "-", "--selectors", "none", "-f", "html"], input="\n".join(names), capture_output=True, text=True,
                                  check=False)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertLess(len(done.stdout), 100 << 20)
        left = int(re.search(r"The details of (\d+) domains are left out", done.stdout)[1])
        self.assertGreater(left, 100)
        self.assertEqual(done.stdout.count("The details are left out"), left)
        self.assertEqual(done.stdout.count('<details class="dom"'), 4001)
        self.assertIn("has no effect", done.stdout)


class Axe(Case):
    def test_no_violation(self):
        with open(AXE, encoding="utf-8") as f:
            axe = f.read()
        for name in NAMES:
            for width in WIDTHS:
                for dark in (False, True):
                    if name == "fleet" and (dark or width != 1280):
                        continue  # of the same parts; takes its time
                    page = self.browser.open(self.pages.url(name), width=width, dark=dark)
                    # Shades at the edges of wide tables keep axe from judging contrast there.
                    page.run("document.querySelectorAll('.scroll').forEach(e => { e.style.background = 'none'; })")
                    if name != "fleet":
                        page.run(UNFOLD)
                    page.run(axe + ";1")
                    got = page.run("axe.run(document, {resultTypes: ['violations']}).then(r => "
                                   "r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]))", within_s=400)
                    with self.subTest(name, width=width, dark=dark):
                        self.assertEqual(got, [], json.dumps(got, indent=1))
                    page.close()


if __name__ == "__main__":
    PAGES = Pages()
    try:
        with Browser() as BROWSER:
            if AXE:
                AXE = os.path.abspath(AXE)
                sys.argv[1:] = ["Axe"]
            else:
                del Axe
            result = unittest.main(verbosity=1, exit=False).result
    finally:
        shutil.rmtree(PAGES.folder, ignore_errors=True)
    sys.exit(not result.wasSuccessful())
