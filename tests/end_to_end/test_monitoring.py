"""The rules and the dashboard, without a daemon: against the page that tests/service holds Metrics to."""

import http.server
import json
import pathlib
import subprocess
import tempfile
import threading
import unittest

import real_prometheus
from real_prometheus import RULES, RealPrometheus

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
PAGE = (DATA / "metrics.txt").read_text(encoding="utf-8")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_):
        pass


class Monitoring(unittest.TestCase):
    def promtool(self, *arguments):
        run = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_promtool_accepts_the_page_and_the_rules(self):
        self.assertEqual(real_prometheus.complaints_of_promtool(PAGE), "")
        self.promtool("check", "rules", str(RULES))

    def test_each_rule_fires_when_it_is_to_and_only_then(self):
        self.promtool("test", "rules", str(DATA / "adsauditd.rules.test.yml"))
        rules = RULES.read_text(encoding="utf-8").split("- alert: ")[1:]
        tests = (DATA / "adsauditd.rules.test.yml").read_text(encoding="utf-8")
        for rule in rules:
            name = rule.split("\n")[0]
            self.assertIn(f"'{name} fires'", tests)
            self.assertIn(f"'{name} is silent'", tests)
            for annotation in ("summary:", "description:", "run:"):
                self.assertIn(annotation, rule, name)

    def test_the_dashboard_is_one_of_grafana(self):
        board = json.loads(real_prometheus.DASHBOARD.read_text(encoding="utf-8"))
        self.assertIn("datasource", [variable["type"] for variable in board["templating"]["list"]])
        panels = board["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            self.assertEqual(panel["datasource"]["uid"], "${datasource}")
            at = panel["gridPos"]
            places = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(places & taken, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            taken |= places

    def test_a_prometheus_answers_whatever_they_ask(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        directory = self.enterContext(tempfile.TemporaryDirectory())
        with RealPrometheus(directory, server.server_port) as prometheus:
            prometheus.wait_scraped()
            for expression in real_prometheus.dashboard_expressions():
                with self.subTest(expression):
                    self.assertTrue(prometheus.query(expression))
            expressions = real_prometheus.rule_expressions()
            self.assertEqual(len(expressions), len(prometheus.rules()))
            for expression in expressions + real_prometheus.dashboard_expressions():
                with self.subTest(expression):
                    prometheus.query(expression)
                    self.assertLessEqual(real_prometheus.names_in(expression), real_prometheus.names_on(PAGE))
            self.assertEqual({health for health, _ in prometheus.rules().values()}, {"ok"})


if __name__ == "__main__":
    unittest.main()
