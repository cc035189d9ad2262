"""The real `adsauditd run` on a database filled for the purpose."""

import base64
import os
import subprocess
import time

import processes
from tools import PROJECT
from world import SecretFiles, write_settings

KEY = base64.b64encode(bytes(range(32))).decode()  # of databases that hold no real secret


def unit_environment():
    """What the systemd unit sets: the daemon is measured as it is run."""
    lines = (PROJECT / "systemd" / "adsauditd.service").read_text().splitlines()
    pairs = [line.removeprefix("Environment=").split("=", 1) for line in lines if line.startswith("Environment=")]
    return dict(pairs)


class Pairs:
    """A database with pairs as they stand after days of unchanged answers; see bench-fill --help."""

    def __init__(self, tools, tokens, accounts_per_token=1, last_seen_from=900, last_seen_to=0, name="pairs"):
        self.directory = tools.directory / f"{name}-{tokens}x{accounts_per_token}-{last_seen_from}"
        self.count = tokens * accounts_per_token
        self.database = self.directory / "adsauditd.db"
        if self.directory.exists():
            return
        self.directory.mkdir()
        done = subprocess.run(
            [str(tools.program("bench-fill")), "--database", str(self.database), "--key", KEY, "--tokens", str(tokens),
             "--accounts-per-token", str(accounts_per_token), "--last-seen-from", str(last_seen_from), "--last-seen-to",
             str(last_seen_to)], capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise processes.NotMeasured("bench-fill failed: " + done.stderr.strip()[-300:])

    def size(self):
        return sum(file.stat().st_size for file in self.directory.glob("adsauditd.db*"))


class Daemon:
    """Use as a context manager; ends with SIGKILL, so that no flush is waited for. `started_at`: epoch seconds."""

    def __init__(self, tools, server, pairs, max_in_flight=64, interval="1s", share="100%", deadline="10s", **overrides):
        files = SecretFiles(pairs.directory / "secrets")
        settings = {
            "api": {"base_url": server.url, "identity_url": server.url, "version": "12", "ca_file": str(tools.pki.ca),
                    "deadline": deadline, "max_in_flight": max_in_flight},
            "store": {"path": str(pairs.database), "key": files.reference("adsauditd.key", KEY)},
            "apps": [{"name": "bench", "consumer_key": files.reference("bench.key", "k" * 25),
                      "consumer_secret": files.reference("bench.secret", "s" * 50)}],
            "audit": {"interval": interval, "discovery_interval": "24h"},
            "budget": {"share": share},
            "log": {"level": "info", "format": "text"},
            **overrides,
        }
        self._log = pairs.directory / "daemon.log"
        config = write_settings(pairs.directory / "adsauditd.yaml", settings)
        self._command = [tools.program("adsauditd"), "--config", config, "run"]
        self._process = None
        self.started_at = 0.0

    def __enter__(self):
        with open(self._log, "wb") as log:
            self.started_at = time.time()
            self._process = processes.spawn(self._command, core=processes.CLIENT_CORE, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=os.environ | unit_environment())
        return self

    def __exit__(self, *_):
        processes.end(self._process)

    @property
    def pid(self):
        return self._process.pid

    @property
    def process(self):
        return self._process

    def log_text(self):
        """Of this start only."""
        return self._log.read_text(errors="replace")

    def last_words(self):
        text = self.log_text().strip()
        return text.splitlines()[-1][-300:] if text else "it said nothing"
