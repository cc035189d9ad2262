"""A running daemon, scraped by Debian's Prometheus every second."""

import os
import pathlib
import signal
import tempfile
import time
import unittest
import urllib.request

import real_prometheus
from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until
from real_prometheus import RealPrometheus

ACCOUNT = "18ce5a1"


class Scraped(unittest.TestCase):
    def page(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            return answer.read().decode()

    def value(self, series):
        for line in self.page().splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        return None

    def test_prometheus_answers_what_rules_and_dashboard_ask(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        world = World()
        world.add_token("brand-a", "77", {ACCOUNT: ["AD_MANAGER"]})
        fake = self.enterContext(FakeApi(make_pki(directory), world.for_fake()))
        settings = make_settings(directory, fake, world)
        self.port = int(settings["status"]["listen"].rsplit(":", 1)[1])
        daemon = self.enterContext(Daemon(settings, directory))
        with RealPrometheus(directory / "prometheus", self.port) as prometheus:
            prometheus.wait_scraped(5)
            page = self.page()
            self.assertEqual(real_prometheus.complaints_of_promtool(page), "")
            for name in ("brand-a", ACCOUNT, "agency"):
                self.assertNotIn(name, page)
            for expression in real_prometheus.dashboard_expressions():
                with self.subTest(expression):
                    self.assertTrue(prometheus.query(expression))
            for expression in real_prometheus.rule_expressions():
                with self.subTest(expression):
                    prometheus.query(expression)
                    self.assertLessEqual(real_prometheus.names_in(expression), real_prometheus.names_on(page))
            for rule, (health, state) in prometheus.rules().items():
                self.assertEqual(health, "ok", rule)
                self.assertNotEqual(state, "firing", rule)  # a busy machine may have one that waits to be sure
            self.the_counters_survive_a_reload(daemon)

    def the_counters_survive_a_reload(self, daemon):
        granted = 'adsauditd_probes_total{result="granted"}'
        before = wait_until(lambda: self.value(granted), 10)
        applied = self.value("adsauditd_config_last_reload_success_timestamp_seconds")
        time.sleep(0.1)
        self.assertEqual(run_command("--config", str(daemon.config), "reload").returncode, 0)
        self.assertGreaterEqual(self.value(granted), before)
        self.assertGreater(self.value("adsauditd_config_last_reload_success_timestamp_seconds"), applied)
        daemon.reconfigure({**daemon.settings, "audit": {"interval": "often"}})
        os.kill(daemon.pid, signal.SIGHUP)  # the command would see by itself that they are broken
        wait_until(lambda: self.value("adsauditd_config_last_reload_successful") == 0, 10)


if __name__ == "__main__":
    unittest.main()
