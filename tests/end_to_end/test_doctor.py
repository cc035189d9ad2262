"""doctor finds what is wrong and says what to do; bugreport tells figures, and nothing of the operator's."""

import json
import pathlib
import stat
import tempfile
import time
import unittest

import jsonschema

from harness import (Daemon, FakeApi, World, canary, leaked_canaries, make_pki, make_settings, run_command, wait_until,
                     write_settings)
from verb_case import ACCOUNT, VerbCase

SCHEMAS = pathlib.Path(__file__).parent.parent.parent / "config" / "schemas"
LOCAL = {"settings", "trust", "database", "disk", "key", "budget", "deliveries", "audit", "daemon", "status"}
NETWORK = {"dns", "api", "clock", "destination"}


def validate(answer, name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)
    return answer


class Doctor(VerbCase):
    def examine(self, *arguments, code=0):
        """The checks by their names; of several the worst."""
        answer = validate(self.answer("doctor", *arguments, code=code), "doctor")
        self.assertEqual(answer["ok"], code == 0)
        rank = ["skipped", "ok", "warning", "problem"].index
        return {check["name"]: check for check in sorted(answer["checks"], key=lambda one: rank(one["state"]))}

    def problems(self, *arguments, code=10):
        return {name: check for name, check in self.examine(*arguments, code=code).items()
                if check["state"] == "problem"}

    def only_problem(self, name, seen, advice, *arguments):
        found = self.problems(*arguments)
        self.assertEqual(set(found), {name})
        self.assertIn(seen, found[name]["seen"])
        self.assertIn(advice, found[name]["advice"])
        return found[name]

    def test_beside_a_running_daemon(self):
        self.settings = make_settings(self.directory, self.fake, self.world, audit={"interval": "1m"})
        self.write()
        with Daemon(self.settings, self.directory) as daemon:
            wait_until(lambda: daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0] == 3)
            before = self.fake.requests()["by_token"]
            self.check_all_well()
            self.check_skewed_clock()
            self.check_ill_api()
            self.check_wrong_authority()
            self.check_dead_destination()
            self.check_open_key()
            self.check_other_key()
            self.check_broken_settings()
            self.assertEqual(self.fake.requests()["by_token"], before)  # no token was used
        self.only_problem("daemon", "none answers for the database", "systemctl start adsauditd")
        self.check_unreachable_api()
        self.check_damage()
        self.check_help("doctor")

    def check_all_well(self):
        checks = self.examine()
        self.assertEqual(set(checks), LOCAL | NETWORK)
        for name, check in checks.items():
            kept_by_nobody = name == "clock" and "no NTP" in check["seen"]  # as in most containers
            self.assertEqual(check["state"], "warning" if kept_by_nobody or name == "settings" else "ok", check)
        self.assertIn("TLSv1.3, its certificate ends in 2 days", checks["api"]["seen"])
        self.assertIn("it opens the secrets of 2 tokens", checks["key"]["seen"])
        self.assertIn("3 pairs fit", checks["budget"]["seen"])
        for word in NETWORK:
            self.assertEqual(self.examine("--offline")[word]["state"], "skipped")
        text = self.shown("doctor")
        self.assertEqual(leaked_canaries(text, json.dumps(checks)), [])
        self.assertIn("ok       destination ops    127.0.0.1:", text)
        self.assertIn("\n0 problems, ", text)

    def check_skewed_clock(self):
        self.fake.do("skew", seconds=-3600)
        self.only_problem("clock", "ahead of 127.0.0.1", "set the clock by NTP")
        self.fake.do("skew", seconds=0)

    def check_ill_api(self):
        self.fake.misbehave("503")
        checks = self.examine()
        self.assertEqual(checks["api"]["state"], "warning")
        self.assertIn("it answers with HTTP status 503", checks["api"]["seen"])
        self.fake.behave()

    def check_wrong_authority(self):
        api = self.settings["api"]
        self.write(api={**api, "ca_file": str(make_pki(self.directory / "other").ca)})
        self.only_problem("api", "certificate is not trusted", "(api.ca_file)")
        empty = self.directory / "empty.pem"
        empty.write_text("no certificates here\n")
        self.write(api={**api, "ca_file": str(empty)})
        self.only_problem("trust", "there is no certificate in it", "api.ca_file must name a PEM file")
        self.write(api=api)

    def check_dead_destination(self):
        ops, siem = self.settings["destinations"]
        self.write(destinations=[ops, {**siem, "url": "https://127.0.0.1:1/hook/x"}])
        found = self.only_problem("destination", "127.0.0.1:1: Connection refused", "firewall")
        self.assertEqual(found["subject"], "siem")
        self.write(destinations=[ops, siem])

    def check_open_key(self):
        key = self.directory / "secrets" / "adsauditd.key"
        key.chmod(0o644)
        self.only_problem("key", "mode 0644: everybody on this machine can read the key", f"chmod 0400 {key}")
        key.chmod(0o400)

    def check_other_key(self):
        store = self.settings["store"]
        other = self.directory / "secrets" / "other.key"
        run_command("key", "init", str(other))
        self.write(store={**store, "key": f"${{file:{other}}}"})
        self.only_problem("key", "sealed with another key", "the key that sealed the tokens")
        self.write(store=store)

    def check_broken_settings(self):
        """What needs no settings is looked at all the same."""
        self.file.write_text(f"store:\n  path: {self.settings['store']['path']}\nnonsense: 1\n", encoding="utf-8")
        checks = self.examine(code=3)
        self.assertIn("config check", checks["settings"]["advice"])
        self.assertEqual({name for name, check in checks.items() if check["state"] == "ok"},
                         {"database", "disk", "daemon"})
        self.write()
        lost = self.directory / "secrets" / "ops.url"
        lost.rename(lost.with_suffix(".away"))  # a secret that cannot be read: all that needs none is looked at
        checks = self.examine(code=3)
        self.assertIn("run this as root", checks["settings"]["advice"])
        self.assertEqual({name for name, check in checks.items() if check["state"] == "skipped"},
                         {"key", "destination"})
        self.assertEqual(checks["api"]["state"], "ok")
        lost.with_suffix(".away").rename(lost)

    def check_unreachable_api(self):
        self.fake.stop()
        began = time.monotonic()
        found = self.problems()
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(set(found), {"api", "destination", "daemon"})
        self.assertIn("Connection refused", found["api"]["seen"])
        self.write(api={**self.settings["api"], "base_url": "https://ads.invalid"})
        self.assertIn("1 of 2 hosts have an address; none: ads.invalid", self.problems()["dns"]["seen"])

    def check_damage(self):
        database = pathlib.Path(self.settings["store"]["path"])
        for beside in database.parent.glob(database.name + "-*"):
            beside.unlink()
        database.write_bytes(b"this is no database" * 400)
        self.assertIn("file is not a database", self.problems("--offline")["database"]["seen"])


class BugReport(unittest.TestCase):
    """Everything that the operator says is a canary, also what is no secret."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / canary("folder")
        self.world = World()
        self.token = canary("token")[:60]
        app = self.world.add_app(canary("app")[:60])
        self.account = self.world.add_account("18ce5canary0", canary("account"))
        self.world.add_token(self.token, "24170457081", {self.account: ["AD_MANAGER"], "18ce5canary1": ["ANALYST"]}, app=app,
                             labels={canary("label")[:60]: canary("value")})
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.hook = "/hook/" + canary("hookPath")
        ops, siem = self.settings["destinations"]
        ops["name"], siem["name"] = canary("ops")[:60], canary("siem")[:60]
        siem["url"] = self.fake.sink_url(self.hook)
        lost = {"name": canary("lost")[:60], "type": "webhook", "url": f"https://{canary('host')}.invalid/", "secret": siem["secret"]}
        self.settings["destinations"] = [ops, siem, lost]
        self.settings["routes"] = [{"to": [ops["name"], siem["name"], lost["name"]]}]
        self.settings["maintenance"] = [{"match": {"token": self.token}, "days": ["mon"], "from": "10:00", "to": "10:01",
                                         "zone": "UTC", "reason": canary("reason")}]
        self.settings["store"]["retention"] = {"history": "1825d", "max_size": "2GiB"}
        self.settings["store"]["path"] = str(self.directory / (canary("database") + ".db"))

    def leaks(self, *texts):
        """Hosts are written in lower case."""
        return leaked_canaries(*texts) + [text for text in texts for word in (
            "canary", "2417045708", "18ce5", "127.0.0.1", str(self.fake.api_port), str(self.directory), "/tmp", "://")
            if word in text.lower()]

    def live(self, daemon):
        """A life with an incident, an acknowledgement, a mute, an announced change and a delivery that fails."""
        wait_until(lambda: daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0] == 2, 15)
        self.fake.sink_behaviour("/hook/*", status=410)
        self.fake.do("revoke", token=self.token)
        incident = wait_until(lambda: json.loads(daemon.command("incidents", "--cause", "token.revoked", "--json").stdout)[
            "incidents"], 20, what="the token is revoked")[0]["id"]
        for verb in (("ack", incident, "--by", canary("by"), "--reason", canary("why")),
                     ("mute", f"token={self.token}", "--until", "1h", "--by", canary("muter"), "--reason", canary("quiet"))):
            run = daemon.command(*verb)
            self.assertEqual(run.returncode, 0, run.stderr)
        wait_until(lambda: json.loads(daemon.command("incidents", incident, "--json").stdout)["acknowledged"], 15,
                   what="it is acknowledged")

    def test_nothing_of_the_operator_is_in_it(self):
        with Daemon(self.settings, self.directory) as daemon:
            self.live(daemon)
        text = daemon.command("bugreport").stdout
        run = daemon.command("bugreport", "--json")
        report = validate(json.loads(run.stdout), "bugreport")
        self.assertEqual(self.leaks(text, run.stdout, run.stderr), [])
        self.assertNotEqual(self.leaks(daemon.command("status", "--json").stdout), [])  # where it is, it is found
        self.check_content(report, text, daemon)
        self.check_file(daemon)
        self.check_broken(daemon)

    def check_content(self, report, text, daemon):
        self.assertEqual(report["program"]["version"], json.loads(run_command("version", "--json").stdout)["version"])
        self.assertEqual(report["doctor"]["daemon"], {"problem": 1})
        self.assertEqual(report["settings"]["audit.interval"], {"given": 1, "values": "1s"})
        self.assertEqual(report["settings"]["destinations[].type"], {"given": 3, "values": "slack, webhook"})
        self.assertEqual(report["settings"]["tokens[].labels"], {"given": 1})
        measured = ("budget.share", "budget.reserve", "destinations[].allow_private", "store.retention.history",
                    "store.retention.max_size")
        self.assertEqual([report["settings"][path]["values"] for path in measured], ["100%", "20", "true", "1825d", "2GiB"])
        self.assertEqual(report["settings"]["apps[].consumer_key"]["values"], "a file")
        self.assertNotIn("other", report["settings"])
        self.assertNotIn("other", report["database"])
        self.assertNotIn("failed", text)
        self.assertEqual(report["database"]["tokens"]["rows"], 1)
        self.assertEqual(report["incidents"]["token.revoked"], 1)
        revoked = next(one for one in report["incidents"].values()
                       if isinstance(one, dict) and one["cause"] == "token.revoked")
        self.assertEqual((revoked["token"], revoked["acknowledged"], revoked["http_status"]), ("token-1", True, 401))
        self.assertEqual(report["watch"]["pairs_denied"], 2)
        self.assertEqual(report["deliveries"]["webhook"]["destinations"], 2)
        self.assertGreater(report["deliveries"]["webhook"]["pending"] + report["deliveries"]["webhook"]["dead"], 0)
        gauges = json.loads(daemon.command("status", "--json").stdout)["daemon"]
        self.assertEqual(set(report["daemon"]), set(gauges) - {"written_at_ms"} | {"written_ms_ago"})
        self.assertIn("  tokens[].labels: given 1\n", text)

    def check_file(self, daemon):
        file = self.directory / "report.txt"
        self.assertEqual(daemon.command("bugreport", "--offline", "--output", str(file)).returncode, 0)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        file.write_text("mine", encoding="utf-8")
        again = daemon.command("bugreport", "--offline", "--output", str(file))
        self.assertEqual((again.returncode, file.read_text()), (1, "mine"))
        self.assertIn("add --force", again.stderr)
        self.assertEqual(daemon.command("bugreport", "--offline", "--force", "--output", str(file)).returncode, 0)
        self.assertIn("Bug report of adsauditd", file.read_text())
        self.assertEqual([one for one in self.directory.iterdir() if one.name.startswith("report.txt.")], [])

    def check_broken(self, daemon):
        """Settings that are broken in every way tell no more."""
        for text in (f"apps:\n  - name: {canary('yaml')}\n   bad: {canary('indent')}\n",
                     f"{canary('key')}: {canary('word')}\ntokens: {canary('list')}\nstore: {{path: {self.settings['store']['path']}}}\n",
                     f"audit: {{interval: {canary('interval')}, {canary('inner')}: 15m}}\nlog: {{level: {canary('level')}}}\n"):
            daemon.config.write_text(text, encoding="utf-8")
            run = daemon.command("bugreport", "--offline", "--json")
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            report = validate(json.loads(run.stdout), "bugreport")
            self.assertEqual(self.leaks(run.stdout), [])
            self.assertFalse(report["settings"]["usable"])
            self.assertGreater(report["settings"]["errors"], 0)


if __name__ == "__main__":
    unittest.main()
