"""The status listener of a running daemon: who is let in, how it follows the settings, and that attacks leave it alone."""

import base64
import json
import socket
import time
import unittest

from harness import Daemon, run_command, wait_until, write_settings
from listener_attacks import Attacks, allow_many_connections
from sign_in import browse
from verb_case import VerbCase
from world import free_port

TOKEN = "canary-status-token-0123456789abcdef"


def setUpModule():
    allow_many_connections()


class ListenerCase(VerbCase):
    def start(self, **status):
        self.port = free_port()
        self.write(status={"listen": f"127.0.0.1:{self.port}", **status})
        self.daemon = self.enterContext(Daemon(self.settings, self.directory))
        self.pid = self.daemon.pid
        return self.daemon

    def status_of(self, target, port=None, **headers):
        return browse(port or self.port, target, headers=headers)[0]

    def value(self, series):
        for line in browse(self.port, "/metrics")[2].splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        self.fail(f"no {series}")

    def reload(self, **status):
        self.write(status=status)
        write_settings(self.daemon.config, self.settings)
        return run_command("--config", str(self.daemon.config), "reload")


class Doors(ListenerCase):
    def test_without_a_token_everybody_nearby_is_let_in_and_no_page_of_others(self):
        self.start(hosts=["ads.example"])
        self.assertEqual(browse(self.port, "/-/healthy")[::2], (200, "ok\n"))
        wait_until(lambda: browse(self.port, "/-/ready")[::2] == (200, "ready\n"), 10)
        self.assertEqual(self.status_of("/metrics"), 200)
        self.assertEqual(self.status_of("/no-such-page"), 404)
        self.assertEqual(browse(self.port, "/metrics", host="ads.example")[0], 200)
        for host in ("evil.example", f"evil.example:{self.port}", "127.0.0.1", "ads.example:80"):
            self.assertEqual(browse(self.port, "/-/healthy", host=host)[0], 421, host)
        self.assertEqual(browse(self.port, "/metrics", method="POST")[0], 405)
        status, headers, body = browse(self.port, "/metrics", method="HEAD")
        self.assertEqual((status, body), (200, ""))
        self.assertGreater(int(headers["Content-Length"]), 1000)
        self.assertNotIn("Access-Control-Allow-Origin", headers)
        cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        self.assertEqual(self.status_of("/metrics", **cross), 403)
        self.assertEqual(self.status_of("/metrics", Origin="https://evil.example"), 403)
        self.assertEqual(self.status_of("/metrics", Origin=f"http://127.0.0.1:{self.port}"), 200)
        self.assertEqual(self.status_of("/metrics", **link), 200, "a link that somebody followed")
        self.assertEqual(self.status_of("/-/healthy", **cross), 200)

    def test_a_token_is_asked_of_everybody_and_guessing_takes_time(self):
        (self.directory / "status-token").write_text(TOKEN)
        self.start(token=f"${{file:{self.directory}/status-token}}")
        self.assertEqual(self.status_of("/-/healthy"), 200)
        status, headers, body = browse(self.port, "/metrics")
        self.assertEqual(status, 401)
        self.assertIn("Basic realm=", headers["WWW-Authenticate"])
        basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
        for right in (f"Bearer {TOKEN}", f"bearer {TOKEN}", f"Basic {basic}"):
            self.assertEqual(self.status_of("/metrics", Authorization=right), 200)
        wrong = ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Basic !"]
        for guess in wrong:
            self.assertEqual(self.status_of("/metrics", Authorization=guess), 401, guess)
        for _ in range(4):
            self.status_of("/metrics", Authorization="Bearer guess")
        began = time.monotonic()
        self.assertEqual(self.status_of("/metrics", Authorization="Bearer guess"), 401)
        self.assertGreaterEqual(time.monotonic() - began, 0.9)
        began = time.monotonic()
        self.assertEqual(self.status_of("/metrics", Authorization=f"Bearer {TOKEN}"), 200)
        self.assertLess(time.monotonic() - began, 0.9, "who knows it does not wait")
        page = browse(self.port, "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})[2]
        for text in (page, self.daemon.log(), json.dumps(self.answer("config", "show"))):
            self.assertNotIn(TOKEN, text)

    def test_it_follows_the_settings_and_the_old_place_stays_when_the_new_one_is_taken(self):
        self.start()
        other = free_port()
        self.assertEqual(self.reload(listen=f"127.0.0.1:{other}").returncode, 0)
        self.assertEqual(self.status_of("/-/healthy", port=other), 200)
        with self.assertRaises(OSError):
            self.status_of("/-/healthy")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            run = self.reload(listen=f"127.0.0.1:{taken.getsockname()[1]}")
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertIn("status.listen: cannot listen on 127.0.0.1 port", run.stdout + run.stderr)
        self.assertEqual(self.status_of("/-/healthy", port=other), 200)
        self.assertEqual(self.reload(listen=f"127.0.0.1:{other}", hosts=["ads.example"]).returncode, 0)
        self.assertEqual(browse(other, "/-/healthy", host="ads.example")[0], 200)
        self.assertEqual(self.reload(listen="off").returncode, 0)
        with self.assertRaises(OSError):
            self.status_of("/-/healthy", port=other)

    def test_a_place_that_is_taken_at_the_start_costs_the_display_and_not_the_audit(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.write(status={"listen": f"127.0.0.1:{port}"})
            with Daemon(self.settings, self.directory) as daemon:
                wait_until(lambda: all(pair["answer"] for pair in self.answer("status")["pairs"]), 20, every=0.5)
                self.assertIn(f"status listener: cannot listen on 127.0.0.1 port {port}", daemon.log())


class Attacked(Attacks, ListenerCase):
    def setUp(self):
        super().setUp()
        self.settings["audit"] = {**self.settings.get("audit", {}), "interval": "1s"}
        self.settings["budget"] = {"share": "90%"}
        self.start()
        wait_until(lambda: browse(self.port, "/-/ready")[0] == 200, 10)
        browse(self.port, "/metrics")
        self.size = self.rss()
        self.granted = self.value('adsauditd_probes_total{result="granted"}')

    def ask(self):
        self.assertEqual(browse(self.port, "/-/healthy")[::2], (200, "ok\n"))

    def finish(self):
        """The audit went on meanwhile, and on time."""
        granted = 'adsauditd_probes_total{result="granted"}'
        wait_until(lambda: self.value(granted) > self.granted + 2, 10)
        # A few milliseconds on a quiet machine; tests share theirs.
        self.assertLess(self.value("adsauditd_schedule_lateness_seconds"), 2)
        self.assertEqual(self.answer("incidents")["incidents"], [])


if __name__ == "__main__":
    unittest.main()
