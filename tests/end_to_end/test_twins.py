"""The JSON under /api/v1 of a running daemon: the same as the command line prints, by pages, and nothing for strangers."""

import json
import urllib.parse

import unittest

import real_prometheus
import schemas
from canaries import leaked_canaries
from harness import run_command, wait_until, write_settings
from sign_in import browse
from verb_case import ACCOUNT, OTHER, VerbCase
from world import free_port


class Twins(VerbCase):
    def start(self):
        self.port = free_port()
        self.write(status={"listen": f"127.0.0.1:{self.port}"})
        daemon = self.daemon()
        wait_until(lambda: self.pairs_answered() == 3, 20, what="three answers")
        return daemon

    def get(self, path, status=200, **parameters):
        target = "/api/v1/" + path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")
        seen, headers, body = browse(self.port, target)
        self.assertEqual(seen, status, body)
        self.assertEqual(headers["Content-Type"], "application/json")
        return json.loads(body)

    def pairs_answered(self):
        return sum(pair["answer"] is not None for pair in self.answer("status")["pairs"])

    def test_they_say_what_the_command_line_says(self):
        daemon = self.start()
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: self.answer("incidents")["incidents"], 20, what="an incident")
        wait_until(lambda: self.answer("status")["deliveries"]["pending"] == 0, 20, what="all delivered")
        for _ in range(3):  # an audit may come between the two
            status, twin = self.answer("status"), self.get("status")
            schemas.check("status", twin)
            if status == twin:
                break
        status.pop("daemon"), twin.pop("daemon")
        self.assertEqual([(pair["token"], pair["account"], pair["answer"]) for pair in status["pairs"]],
                         [(pair["token"], pair["account"], pair["answer"]) for pair in twin["pairs"]])
        self.assertEqual(status["open_incidents"], twin["open_incidents"])
        self.assertEqual(self.answer("incidents", "--all"), self.get("incidents", all="yes"))
        history = self.get("history", latest="yes", limit=2)
        self.assertEqual(self.answer("history", "--latest", "--limit", "2"), history)
        schemas.check("history", history)
        self.assertEqual(self.get("history", before=history["next_before"], latest="yes", limit=2),
                         self.answer("history", "--latest", "--before", str(history["next_before"]), "--limit", "2"))
        self.check_pages()
        self.check_one(status["open_incidents"][0])
        self.check_refusals()
        self.check_series(daemon)
        self.check_without_database(daemon)
        everything = json.dumps([status, twin, history]) + daemon.log()
        self.assertEqual(leaked_canaries(everything), [])

    def check_series(self, daemon):
        """Series of pairs are there when they are asked for, also by a reload, and promtool has nothing to say."""
        self.assertNotIn(ACCOUNT, browse(self.port, "/metrics")[2])
        self.write(metrics={"per_account": True})
        write_settings(daemon.config, self.settings)
        self.assertEqual(run_command("--config", str(daemon.config), "reload").returncode, 0)
        page = browse(self.port, "/metrics")[2]
        self.assertIn(f'adsauditd_pair_granted{{account="{ACCOUNT}",token="brand-a"}} 0\n', page)
        self.assertIn(f'adsauditd_pair_granted{{account="{ACCOUNT}",token="brand-b"}} 1\n', page)
        self.assertEqual(real_prometheus.complaints_of_promtool(page), "")

    def check_without_database(self, daemon):
        """While the database cannot be read: 503, one line in the log however often it is asked for, and no end."""
        files = {file: file.with_name("away-" + file.name) for file in self.directory.glob("adsauditd.db*")}
        self.assertTrue(files)
        reopened = browse(self.port, "/api/v1/pairs?limit=1")
        self.assertEqual(reopened[0], 200, "its connection is open, and what is open stays readable")
        self.write(status={"listen": f"127.0.0.1:{self.port}", "hosts": ["a.example"]})  # a server of its own, not opened yet
        write_settings(daemon.config, self.settings)
        self.assertEqual(run_command("--config", str(daemon.config), "reload").returncode, 0)
        for file, away in files.items():
            file.rename(away)
        for _ in range(20):
            self.assertEqual(browse(self.port, "/")[0], 503)
        self.assertEqual(browse(self.port, "/metrics")[0], 200)
        for file, away in files.items():
            away.rename(file)
        self.assertEqual(browse(self.port, "/")[0], 200)
        told = [line for line in daemon.log().splitlines() if "status listener: " in line]
        self.assertEqual(len(told), 1, told)
        self.assertEqual(run_command("--config", str(daemon.config), "reload").returncode, 0)
        self.assertIn("the line before came 19 more times", daemon.log())

    def check_pages(self):
        first = self.get("pairs", limit=2)
        schemas.check("pairs", first)
        rest = self.get("pairs", **first["next"])
        self.assertEqual([(pair["token"], pair["account"]) for pair in first["pairs"] + rest["pairs"]],
                         [("brand-a", ACCOUNT), ("brand-a", OTHER), ("brand-b", ACCOUNT)])
        self.assertIsNone(rest["next"])
        self.assertEqual([pair["token"] for pair in self.get("pairs", account=ACCOUNT)["pairs"]], ["brand-a", "brand-b"])
        self.assertEqual(self.get("pairs", token="nobody")["pairs"], [])
        schemas.check("incidents", self.get("incidents", cause="token.revoked", limit=1))

    def check_one(self, incident):
        details = self.get("incidents/" + incident["id"])
        schemas.check("incident", details)
        self.assertEqual(details["incident"], incident)
        self.assertIn("brand-a", details["title"])
        self.assertIn("adsauditd token", details["repair"])
        self.assertEqual({row["state"] for alert in details["alerts"] for row in alert["deliveries"]}, {"delivered"})

    def check_refusals(self):
        for path, parameters in (("pairs", {"limit": 0}), ("pairs", {"limit": 1001}), ("pairs", {"colour": "red"}),
                                 ("pairs", {"after_token": "a"}), ("incidents", {"cause": "x"}),
                                 ("history", {"since": "yesterday"}), ("history", {"kind": "none"})):
            error = self.get(path, 400, **parameters)
            schemas.check("error", error)
            self.assertNotIn("red", error["error"])
        self.get("nothing", 404)
        self.get("incidents/inc_00000000000000000000000001", 404)
        self.assertEqual(browse(self.port, "/api/v1/pairs?token=a&token=b")[0], 400)
        self.assertEqual(browse(self.port, "/api/v1/pairs", method="HEAD")[::2], (200, ""))


if __name__ == "__main__":
    unittest.main()
