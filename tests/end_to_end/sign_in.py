"""One `adsauditd token authorize`, with the test in the places of the terminal, the browser and the user of X."""

import http.client
import json
import os
import re
import subprocess
import threading
import urllib.parse

from harness import canary, daemon_binary, wait_until

LINK = re.compile(r"(https://\S+/oauth/authorize\?oauth_token=(\S+))")


class SignIn:
    """Use as a context manager. `link` and `request_token` are there once the terminal shows them."""

    def __init__(self, config, *arguments, environment=None):
        self._process = subprocess.Popen(
            [daemon_binary(), "--config", str(config), "token", "authorize", *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        self.stdout, self.stderr = "", ""
        self._threads = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in ("stdout", "stderr")]
        for thread in self._threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(30)
        for thread in self._threads:
            thread.join(10)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            stream.close()

    def _read(self, name):
        stream = getattr(self._process, name)
        while True:
            text = os.read(stream.fileno(), 4096).decode()
            if not text:
                return
            setattr(self, name, getattr(self, name) + text)

    @property
    def pid(self):
        return self._process.pid

    def wait_for_link(self, timeout=20):
        found = wait_until(lambda: LINK.search(self.stderr) or self._process.poll() is not None, timeout,
                           what="the terminal shows a link")
        if found is True:
            raise AssertionError(f"it ended with {self._process.returncode}: {self.stderr}")
        self.link, self.request_token = found.group(1), urllib.parse.unquote(found.group(2))
        return self

    def type(self, text):
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def end(self, timeout=60):
        """Exit code."""
        code = self._process.wait(timeout)
        for thread in self._threads:
            thread.join(10)
        return code

    def answer(self):
        import schemas  # here, because the machine that the boot test boots has no jsonschema
        schemas.check("token_authorize", json.loads(self.stdout))
        return json.loads(self.stdout)


def approve(fake, sign_in, user, name, token=None, secret=None):
    """The user says yes; the verifier."""
    verifier = fake.do("approve", request_token=sign_in.request_token, user=user, name=name,
                       token=token or f"{user}-{canary(name + 'Token')}", secret=secret or canary(name + "Secret"))
    return verifier["verifier"]


def browse(port, target, host=None, method="GET", timeout=10, headers=None):
    """What a browser gets from a listener of ours: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, headers={"Host": host or f"127.0.0.1:{port}", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()
