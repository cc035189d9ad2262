"""scripts/demo: tells the story with the real binary, prints every alert as the sink received it, then the history."""

import argparse
import json
import os
import pathlib
import signal
import sys
import tempfile
import textwrap
import threading
import time

import story
from harness import Daemon, FakeApi, make_pki, make_settings, wait_until, webhook_secret

BOLD, DIM, RED, GREEN, BLUE, PLAIN = ("\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[34m", "\033[0m")
if not sys.stdout.isatty():
    BOLD = DIM = RED = GREEN = BLUE = PLAIN = ""


def say(text):
    time.sleep(0.3)  # what has arrived is shown before the story goes on
    print(f"\n{BOLD}{textwrap.fill(text, 110)}{PLAIN}", flush=True)


def texts_of(element):
    """Every piece of text in Slack's blocks, in reading order."""
    if isinstance(element, list):
        return [text for entry in element for text in texts_of(entry)]
    if not isinstance(element, dict):
        return []
    if isinstance(element.get("text"), str):
        return [element["text"]]
    return [text for value in element.values() for text in texts_of(value)]


def show_post(post):
    at = time.strftime("%H:%M:%S", time.gmtime(post["at_ms"] / 1000))
    body = json.loads(post["body_bytes"])
    if post["path"].startswith("/slack/"):
        colour = GREEN if body["text"].startswith("Resolved") else RED
        print(f"{colour}  Slack {at}{PLAIN}")
        for text in texts_of(body["blocks"]):
            for line in text.split("\n"):
                print(textwrap.fill(line, 108, initial_indent="    | ", subsequent_indent="    |   ") or "    |")
    else:
        data = body["data"]
        print(f"{BLUE}  webhook {at}{PLAIN}  {data['state']} {body['type']}  id={post['header']['webhook-id']}"
              f"  {DIM}signature verified{PLAIN}")
    sys.stdout.flush()


class Printer(threading.Thread):
    """Shows the posts of both sinks while they arrive."""

    def __init__(self, fake):
        super().__init__(daemon=True)
        self._fake, self._shown, self._ending = fake, 0, threading.Event()

    def run(self):
        while not self._ending.is_set():
            self._show()
            time.sleep(0.2)
        self._show()

    def _show(self):
        for post in self._fake.posts(after=self._shown):
            self._shown = post["number"]
            show_post(post)

    def finish(self):
        self._ending.set()
        self.join(10)


def check_sinks(fake, hook_secret):
    """What is wrong with the alerts that arrived, in sentences."""
    hook_posts, slack_posts = fake.posts("/hook/*"), fake.posts("/slack/*")
    told = story.told(fake, hook_secret)
    problems = [f"missing: {alert}" for alert in (story.EXPECTED - told)]
    problems += [f"unexpected: {alert}" for alert in (told - story.EXPECTED)]
    for sink, posts in (("webhook", hook_posts), ("Slack", slack_posts)):
        if len(posts) != sum(story.EXPECTED.values()):
            problems.append(f"the {sink} sink received {len(posts)} messages, not {sum(story.EXPECTED.values())}")
    return problems


def tell(directory, stay):
    hook_secret = webhook_secret()
    world = story.make_world()
    with FakeApi(make_pki(directory), world.for_fake()) as fake:
        settings = make_settings(directory, fake, world, hook_secret, audit=story.AUDIT, status={"listen": "off"})
        started = time.monotonic()
        with Daemon(settings, directory) as daemon:
            printer = Printer(fake)
            printer.start()
            teller = story.Story(fake, hook_secret, say)

            def pairs_answered():
                return daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0]

            teller.tell(pairs_answered)
            expected = sum(story.EXPECTED.values())
            wait_until(lambda: len(fake.posts("/slack/*")) >= expected, 20, what="Slack has every message")
            time.sleep(1.5)  # whatever comes too much would come now
            printer.finish()
            say("The history, from the database:")
            print(daemon.command("history").stdout)
            print(daemon.command("db", "verify").stdout)
            print(daemon.command("status").stdout)
            problems = check_sinks(fake, hook_secret)
            for problem in problems:
                print(f"{RED}{problem}{PLAIN}")
            if not problems:
                say(f"Every alert reached both sinks exactly once: {expected} of {expected}, in "
                    f"{time.monotonic() - started:.0f} s. Signatures verified.")
            if stay:
                say(f"The daemon keeps running (pid {daemon.pid}). Look around with:\n"
                    f"  {os.environ['ADSAUDITD']} --config {daemon.config} status | history | incidents --all | token list\n"
                    "Ctrl-C ends it.")
                signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--stay", action="store_true", help="keep everything running at the end")
    options = parser.parse_args()
    if options.stay:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with tempfile.TemporaryDirectory(prefix="adsauditd-demo-") as directory:
        return tell(pathlib.Path(directory), options.stay)


if __name__ == "__main__":
    sys.exit(main())
