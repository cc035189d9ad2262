"""What the end-to-end tests stand on: the fake X Ads API, the daemon, their settings, and checks of what arrives.

Runs with Debian's /usr/bin/python3 and its standard library. CTest names the two binaries in the environment:
FAKE_ADS_API and ADSAUDITD. Everything happens on loopback and under a directory that the test owns.
"""

import base64
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

# Tests take all of these from here.
from canaries import canary, leaked_canaries, webhook_secret  # noqa: F401
from pki import make_pki  # noqa: F401
from webhooks import WebhookError, verify_webhook  # noqa: F401
from world import World, make_settings, write_settings  # noqa: F401


def fake_binary():
    return os.environ["FAKE_ADS_API"]


def daemon_binary():
    return os.environ["ADSAUDITD"]


def wait_until(predicate, timeout=10.0, every=0.02, what=None):
    """The predicate's first true value. AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {timeout} s: {what or getattr(predicate, '__name__', 'the condition')}")
        time.sleep(every)


STARTED = "auditing started"


class ControlError(Exception):
    """The fake refused a command; the message says why."""


class FakeApi:
    """One fake-ads-api process. Use as a context manager; tests/fakes/README.md lists the commands."""

    def __init__(self, pki, world=None, arguments=(), cert=None):
        command = [fake_binary(), "--cert", str(cert or pki.cert), "--key", str(pki.key), "--exit-with-stdin"]
        self.pki = pki
        self._process = subprocess.Popen([*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"fake-ads-api did not start, exit status {self._process.wait()}")
        ports = json.loads(line)
        self.api_port, self.control_port = ports["api_port"], ports["control_port"]
        self.sink_port = ports["sink_port"]
        self.base_url = f"https://127.0.0.1:{self.api_port}"
        if world is not None:
            self.load_world(world)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
        self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait(timeout=60)

    def _control(self, method, path, body=None):
        text = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.control_port}{path}", data=text, method=method)
        if text is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise ControlError(json.load(refusal)["error"]) from None

    def load_world(self, world):
        return self._control("POST", "/world", world)

    def do(self, action, **members):
        """For example do("revoke", token="brand-a")."""
        return self._control("POST", "/do", {"action": action, **members})

    def misbehave(self, kind, **members):
        """The order's id, for behave(id)."""
        return self.do("misbehave", kind=kind, **members)["id"]

    def behave(self, order=None):
        """Ends one order to misbehave, or all of them."""
        return self.do("behave", **({} if order is None else {"id": order}))["cleared"]

    def reset(self):
        """Forgets counters, posts, misbehaviour and windows, but not the world."""
        return self._control("POST", "/reset", {})

    def requests(self):
        return self._control("GET", "/requests")

    def log(self, after=0):
        return self._control("GET", f"/log?after={after}")

    def sink_url(self, path):
        return f"http://127.0.0.1:{self.sink_port}{path}"

    def posts(self, path="*", after=0):
        """What the sinks received, in order; "body_bytes" holds the exact bytes, "header" the headers in lower case."""
        query = urllib.parse.urlencode({"path": path, "after": after})
        posts = self._control("GET", f"/sink?{query}")
        for post in posts:
            post["body_bytes"] = base64.b64decode(post["body_base64"])
            post["header"] = {name.lower(): value for name, value in post["headers"]}
        return posts

    def forget_posts(self):
        return self._control("POST", "/sink/clear", {})

    def sink_behaviour(self, path, **members):
        """For example sink_behaviour("/hook/*", status=503, headers={"Retry-After": "2"}, times=3)."""
        return self._control("POST", "/sink/behaviour", {"path": path, **members})

    def slack_messages(self, channel="*"):
        """What people see in Slack that came through the Web API: first messages, each with its "replies"."""
        return self._control("GET", f"/sink/slack?{urllib.parse.urlencode({'channel': channel})}")

    def pagerduty_alerts(self):
        """PagerDuty's alerts in the order of their opening."""
        return self._control("GET", "/sink/pagerduty")["alerts"]


class Daemon:
    """`adsauditd run` on one settings file. The log is kept in `log_file`, over restarts too."""

    def __init__(self, settings, directory, environment=None):
        self.directory = pathlib.Path(directory)
        self.settings = settings
        self.config = write_settings(self.directory / "adsauditd.yaml", settings)
        self.log_file = self.directory / "daemon.log"
        self.database = pathlib.Path(settings["store"]["path"])
        self._environment = {**os.environ, **(environment or {})}
        self._process = None
        self._starts = 0  # how often the log said so before this start

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.is_running():
            self.stop()

    def start(self, ready_timeout=15.0):
        self.launch()
        self.wait_ready(ready_timeout)
        return self

    def launch(self, environment=None):
        """Starts without waiting until it is ready; `environment` is for this process alone."""
        self._starts = self.log().count(STARTED)
        with open(self.log_file, "ab") as log:
            self._process = subprocess.Popen([daemon_binary(), "--config", str(self.config), "run"],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             env={**self._environment, **(environment or {})})

    @property
    def pid(self):
        return self._process.pid

    @property
    def exit_status(self):
        """None while it runs."""
        return self._process.poll()

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    def wait_ready(self, timeout=15.0):
        """Until the log says that auditing has started. The settings' log level must let that line through."""

        def is_ready():
            if not self.is_running():
                raise AssertionError(f"the daemon ended with {self._process.returncode}:\n{self.log()[-4000:]}")
            return self.log().count(STARTED) > self._starts

        wait_until(is_ready, timeout, what="the daemon is ready")

    def query(self, sql, parameters=()):
        """Rows of the daemon's database, read beside it."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)) as database:
            return database.execute(sql, parameters).fetchall()

    def reconfigure(self, settings):
        """Rewrites the settings file; the running daemon hears of it with `adsauditd reload` or SIGHUP."""
        self.settings = settings
        write_settings(self.config, settings)

    def stop(self, timeout=15.0):
        """SIGTERM; the exit status."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout)

    def kill(self):
        """SIGKILL, as a crash or the OOM killer would."""
        self._process.send_signal(signal.SIGKILL)
        return self._process.wait(60)

    def command(self, *arguments, stdin=None, timeout=30, environment=None):
        """Another verb on the same settings: a CompletedProcess with text output."""
        return run_command("--config", str(self.config), *arguments, stdin=stdin, timeout=timeout,
                           environment=environment)


def run_command(*arguments, stdin=None, timeout=30, environment=None):
    """One run of the binary: a CompletedProcess with text output. `environment` comes on top of our own. What it printed
    with --json is held against its schema."""
    run = subprocess.run([daemon_binary(), *arguments], input=stdin, capture_output=True, text=True, timeout=timeout,
                         check=False, env={**os.environ, **(environment or {})})
    if "--json" in arguments:
        import schemas  # here, because the machine that the boot test boots has no jsonschema
        schemas.check_output(arguments, run.stdout)
    return run


class Background:
    """Runs a function in a thread and gives back what it returned or raised."""

    def __init__(self, function, *arguments):
        self._outcome = None
        self._thread = threading.Thread(target=self._run, args=(function, arguments), daemon=True)
        self._thread.start()

    def _run(self, function, arguments):
        try:
            self._outcome = (function(*arguments), None)
        except Exception as error:  # noqa: BLE001  (handed to the caller of result)
            self._outcome = (None, error)

    def result(self, timeout=10.0):
        self._thread.join(timeout)
        if self._outcome is None:
            raise AssertionError(f"not finished within {timeout} s")
        value, error = self._outcome
        if error is not None:
            raise error
        return value
