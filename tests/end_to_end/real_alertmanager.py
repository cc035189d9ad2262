"""Debian's prometheus-alertmanager as a receiver of our alerts."""

import json
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

from harness import wait_until
from world import free_port
from yaml_text import to_yaml

PROGRAM = "prometheus-alertmanager"


class RealAlertmanager:
    """One Alertmanager on a free loopback port, with its files in `directory`. Use as a context manager.

    With `webhook_url` it posts what it is told there, after a second and without waiting for company.
    """

    def __init__(self, directory, webhook_url=None):
        for name in (PROGRAM, "amtool"):
            if shutil.which(name) is None:
                raise AssertionError(f"{name} is not installed: run scripts/install-deps")
        self._directory = pathlib.Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._config = self._directory / "alertmanager.yml"
        self._config.write_text(to_yaml(_settings(webhook_url)), encoding="utf-8")
        self._process = None
        self.port = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """On the port that it had before, if there was one."""
        self.port = self.port or free_port()
        command = [PROGRAM, f"--config.file={self._config}", f"--storage.path={self._directory / 'data'}",
                   f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="]
        with open(self._directory / "alertmanager.log", "ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._is_ready, 15, what="Alertmanager is ready")
        return self

    def _is_ready(self):
        if self._process.poll() is not None:
            log = (self._directory / "alertmanager.log").read_text(errors="replace")
            raise AssertionError(f"Alertmanager ended with {self._process.returncode}:\n{log[-2000:]}")
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(15)

    def post(self, alerts):
        """The status that POST /api/v2/alerts gave."""
        request = urllib.request.Request(self.url + "/api/v2/alerts", json.dumps(alerts).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code

    def alerts(self, *matchers):
        """What `amtool alert query` shows: the alerts that fire now, of those the ones that fit, such as "token=acme"."""
        command = ["amtool", f"--alertmanager.url={self.url}", "alert", "query", "-o", "json", *matchers]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False)
        if shown.returncode != 0:
            raise AssertionError(f"amtool: {shown.stderr.strip()}")
        return json.loads(shown.stdout)


def _settings(webhook_url):
    receiver = {"name": "sink"}
    if webhook_url:
        receiver["webhook_configs"] = [{"url": webhook_url, "send_resolved": True}]
    return {"route": {"receiver": "sink", "group_by": ["..."], "group_wait": "1s", "group_interval": "1s",
                      "repeat_interval": "1h"},
            "receivers": [receiver]}
