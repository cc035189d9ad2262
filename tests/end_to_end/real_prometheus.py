"""Debian's prometheus, which scrapes one page of ours every second, and what our rules and dashboard ask of it."""

import json
import pathlib
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from harness import wait_until
from world import free_port
from yaml_text import to_yaml

CONFIG = pathlib.Path(__file__).resolve().parents[2] / "config"
RULES = CONFIG / "adsauditd.rules.yml"
DASHBOARD = CONFIG / "adsauditd.dashboard.json"


class RealPrometheus:
    """One Prometheus on a free loopback port, with its files in `directory`. Use as a context manager."""

    def __init__(self, directory, scraped_port):
        if shutil.which("prometheus") is None:
            raise AssertionError("prometheus is not installed: run scripts/install-deps")
        self._directory = pathlib.Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._config = self._directory / "prometheus.yml"
        self._config.write_text(to_yaml({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [{"job_name": "adsauditd",
                                "static_configs": [{"targets": [f"127.0.0.1:{scraped_port}"]}]}],
        }), encoding="utf-8")
        self._process = None
        self._port = free_port()

    def __enter__(self):
        command = ["prometheus", f"--config.file={self._config}", f"--storage.tsdb.path={self._directory / 'data'}",
                   f"--web.listen-address=127.0.0.1:{self._port}"]
        with open(self._directory / "prometheus.log", "ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until(self._is_ready, 20, what="Prometheus is ready")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(15)

    def _is_ready(self):
        if self._process.poll() is not None:
            log = (self._directory / "prometheus.log").read_text(errors="replace")
            raise AssertionError(f"Prometheus ended with {self._process.returncode}:\n{log[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/-/ready", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def query(self, expression):
        """The samples of an answer; an AssertionError when Prometheus refuses the expression."""
        url = f"http://127.0.0.1:{self._port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise AssertionError(f"{expression}: {refusal.read().decode()}") from None

    def rules(self):
        """By name: the health and the state of each alerting rule."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/api/v1/rules", timeout=10) as answer:
            groups = json.load(answer)["data"]["groups"]
        return {rule["name"]: (rule["health"], rule["state"]) for group in groups for rule in group["rules"]}

    def wait_scraped(self, times=3):
        wait_until(lambda: any(float(sample["value"][1]) >= times
                               for sample in self.query('sum_over_time(up{job="adsauditd"}[1m])')),
                   30, every=0.2, what=f"{times} scrapes")


def dashboard_expressions():
    """As Grafana would ask them."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
            for panel in panels for target in panel["targets"]]


def rule_expressions():
    return re.findall(r"^ +expr: (?:>-\n +)?(.+)$", RULES.read_text(encoding="utf-8"), re.MULTILINE)


def names_in(expression):
    """The names of series that it asks for."""
    return set(re.findall(r"\b(?:adsauditd|process)_[a-z_]+", re.sub(r'"[^"]*"', "", expression)))


def names_on(page):
    """The names of series that a page of metrics has."""
    return {re.match(r"[a-z_]+", line)[0] for line in page.splitlines() if line and not line.startswith("#")}


def complaints_of_promtool(page):
    checked = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, timeout=20,
                             check=False)
    return checked.stdout + checked.stderr + ("" if checked.returncode == 0 else f"exit {checked.returncode}")
