"""events: what programs follow beside a running daemon."""

import json
import pathlib
import signal
import subprocess
import unittest

import jsonschema

from harness import daemon_binary, wait_until
from verb_case import VerbCase


SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "config" / "schemas"


class WatchingVerbs(VerbCase):
    def check_schema(self, name, answer):
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(answer)

    def follow(self, *arguments):
        output = self.directory / f"events-{len(arguments)}"
        with open(output, "wb") as file:
            process = subprocess.Popen([daemon_binary(), "--config", str(self.file), "events", "--follow", "--json",
                                        *arguments], stdout=file)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, lambda: [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]

    def test_help(self):
        self.check_help("events")

    def test_without_a_database(self):
        self.refused(6, "there is no database", "events")
        self.refused(2, "did you mean \"changed\"", "events", "--kind", "chnged")

    def test_beside_a_daemon(self):
        self.write(log={"format": "json", "level": "debug"})
        daemon = self.daemon()
        self.answer("wait", "--ready", "--timeout", "20s")
        process, seen = self.follow("--after", "0")
        history = lambda: self.answer("history")["changes"]
        wait_until(lambda: len(history()) >= 5 and seen() == history(), 15, what="all that was there")
        self.command("token", "remove", "brand-b")
        wait_until(lambda: seen() == history(), 15, what="what came since")
        for event in seen():
            self.check_schema("event", event)
        numbers = [event["number"] for event in seen()]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        lines = [json.loads(line) for line in daemon.log().splitlines() if line.startswith("{")]
        told = {line["change"]: line for line in lines if line["message"].startswith("change recorded ")}
        self.assertTrue(told)
        for event in seen():
            if event["id"] in told:
                self.assertEqual(told[event["id"]]["token"], event["token"])
                self.assertEqual(told[event["id"]]["account"], event["account"])
        self.assertLessEqual(set(told), {event["id"] for event in seen()})
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(5), 0)
        self.assertEqual(len(self.shown("events").splitlines()), len(numbers))

    def test_a_reader_that_goes(self):
        self.audit()
        process = subprocess.Popen([daemon_binary(), "--config", str(self.file), "events", "--follow"],
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.kill)
        process.stdout.close()
        self.assertEqual(process.wait(5), 0)


if __name__ == "__main__":
    unittest.main()
