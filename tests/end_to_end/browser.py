"""Chromium without a window, by the DevTools protocol: what a page shows, says to the console, and how it is laid out."""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import websocket

from node_verifiers import axe_source

_START = 30  # seconds


class Browser(contextlib.ExitStack):
    """One tab. unittest.SkipTest without Chromium."""

    def __init__(self):
        super().__init__()
        program = shutil.which("chromium")
        if program is None:
            reason = "chromium not installed: nobody looks at the status page"
            print(f"\n*** SKIPPED: {reason} ***", file=sys.stderr)
            raise unittest.SkipTest(reason)
        self._directory = self.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        self._process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--remote-debugging-port=0", f"--user-data-dir={self._directory}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self._directory})
        self.callback(self._end)
        self._socket = websocket.create_connection(self._tab(), timeout=30, suppress_origin=True)
        self.callback(self._socket.close)
        self._next = 0
        self.messages = []  # what the page said to the console since open()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(domain + ".enable")

    def _end(self):
        self._process.kill()
        self._process.wait()

    def _tab(self):
        port_file = pathlib.Path(self._directory) / "DevToolsActivePort"
        end = time.monotonic() + _START
        while time.monotonic() < end:
            if port_file.exists() and port_file.read_text(encoding="ascii").strip():
                port = port_file.read_text(encoding="ascii").split()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
                    tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
                if tabs:
                    return tabs[0]["webSocketDebuggerUrl"]
            time.sleep(0.05)
        raise AssertionError("chromium gives no sign of life")

    def _call(self, method, **parameters):
        self._next += 1
        self._socket.send(json.dumps({"id": self._next, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._next:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.messages.append(json.dumps(parameters))
        if method == "Log.entryAdded":
            self.messages.append(parameters["entry"]["text"])
        if method == "Page.loadEventFired":
            self._loaded = True

    def open(self, url, width=1280, dark=False, token=None):
        """Loads the page as on a screen of this width. `token`: what the listener asks for."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                   mobile=width < 600)
        self._call("Emulation.setEmulatedMedia",
                   features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self._call("Network.setExtraHTTPHeaders", headers={"Authorization": f"Bearer {token}"} if token else {})
        self.messages = []
        self._loaded = False
        self._call("Page.navigate", url=url)
        while not self._loaded:
            self._note(json.loads(self._socket.recv()))

    def evaluate(self, expression):
        result = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"])
        return result["result"].get("value")

    def overflow(self):
        """Pixels by which the page is wider than the screen."""
        return self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def complaints_of_axe(self):
        """What axe-core finds: a rule and the places, a line each."""
        self.evaluate(axe_source() + "; true")
        found = self.evaluate("axe.run(document).then(r => r.violations.map(v => v.id + ' (' + v.impact + '): ' + "
                              "v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')))")
        return found

    def screenshot(self, file):
        """The whole page, as a PNG."""
        height = self.evaluate("document.documentElement.scrollHeight")
        width = self.evaluate("document.documentElement.clientWidth")
        shot = self._call("Page.captureScreenshot", captureBeyondViewport=True,
                          clip={"x": 0, "y": 0, "width": width, "height": min(height, 12000), "scale": 1})
        pathlib.Path(file).write_bytes(base64.b64decode(shot["data"]))
