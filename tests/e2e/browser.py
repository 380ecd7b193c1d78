"""A headless Chromium, driven over the DevTools protocol through a pair of pipes. Whatever a page says on its console or asks
of the world is kept: page.console and page.requests.

    with Browser() as browser:
        page = browser.open("file:///tmp/report.html", width=400, dark=True)
        page.run("document.title")
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from lab import die_with_parent

WAIT_S = 60
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--no-default-browser-check",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe", "--no-proxy-server"]


class Browser:
    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        theirs_in, self.out = os.pipe()
        self.in_, theirs_out = os.pipe()

        def wire():
            die_with_parent()
            # Chromium reads 3 and writes 4; the pipes may have these numbers themselves.
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)
        self.child = subprocess.Popen(["chromium", *FLAGS, f"--user-data-dir={self.folder}/profile", "about:blank"],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      close_fds=False, preexec_fn=wire, cwd=self.folder, env=dict(os.environ, HOME=self.folder, TMPDIR=self.folder))
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.number, self.pages = b"", 0, {}
        self.send("Browser.getVersion")
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.out)
        os.close(self.in_)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self, within_s):
        """One message, or None."""
        end = time.monotonic() + within_s
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.in_], [], [], max(0, end - time.monotonic()))
            if not ready:
                return None
            more = os.read(self.in_, 1 << 20)
            if not more:
                raise OSError("the browser went away")
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def take(self, message):
        page = self.pages.get(message.get("sessionId"))
        if page and "method" in message:
            page.event(message["method"], message["params"])

    def send(self, method, session=None, within_s=WAIT_S, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        end = time.monotonic() + within_s
        while True:
            got = self.read(end - time.monotonic())
            if got is None:
                raise TimeoutError(method)
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            self.take(got)

    def settle(self, seconds):
        """Takes whatever comes meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            got = self.read(left)
            if got:
                self.take(got)

    def open(self, url, **looks):
        return Page(self, url, **looks)


class Page:
    def __init__(self, browser, url, width=1200, height=900, dark=False, media="", script=True):
        self.browser, self.console, self.requests, self.loaded = browser, [], [], False
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Log", "Network", "Security", "DOM", "Accessibility"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.look(dark, media)
        if not script:
            self.send("Emulation.setScriptExecutionDisabled", value=True)
        self.go(url)

    def look(self, dark=False, media=""):
        self.send("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def go(self, url):
        self.loaded = False
        self.send("Page.navigate", url=url)
        end = time.monotonic() + WAIT_S
        while not self.loaded:
            if time.monotonic() > end:
                raise TimeoutError(url)
            self.browser.settle(0.05)
        self.browser.settle(0.3)

    def send(self, method, **params):
        return self.browser.send(method, self.session, **params)

    def event(self, method, params):
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(json.dumps(params))
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith("data:"):
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True

    def run(self, expression, within_s=WAIT_S):
        """The value of an expression; a promise is waited for."""
        got = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True,
                        within_s=within_s)
        if "exceptionDetails" in got:
            raise RuntimeError(json.dumps(got["exceptionDetails"]))
        return got["result"].get("value")

    def key(self, key, code=None, text="", modifiers=0):
        codes = {"Tab": 9, "Enter": 13, " ": 32, "Escape": 27}
        common = {"key": key, "code": code or {" ": "Space"}.get(key, key), "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper())),
                  "modifiers": modifiers}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text or key in ("Enter", " ") else "rawKeyDown",
                  text=text or {"Enter": "\r", " ": " "}.get(key, ""), **common)
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def screenshot(self, path, whole=True, top=0, height=None):
        clip = {}
        if whole or height:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"clip": {"x": 0, "y": top, "width": size["width"], "height": height or min(size["height"], 12000), "scale": 1},
                    "captureBeyondViewport": True}
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.send("Page.captureScreenshot", format="png", **clip)["data"]))

    def close(self):
        self.browser.send("Target.closeTarget", targetId=self.target)
        self.browser.pages.pop(self.session, None)
