"""What the Python clients have in common: their options, their accounts and their keys."""

import argparse
import itertools
import json
import os
import signal
import threading

CONSUMER_KEY, CONSUMER_SECRET = "k" * 25, "s" * 50
TOKEN, TOKEN_SECRET = "756201191646691328-" + "t" * 31, "u" * 45


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    return parser.parse_args()


def account_ids():
    return itertools.cycle([f"18ce{number:07}" for number in range(1000)])


def is_good(status, answer, account):
    return (status == 200 and answer["request"]["params"]["account_id"] == account
            and isinstance(answer["data"]["permissions"], list))


class Count:
    """Requests and errors; ends the process, whatever hangs, with one line about them."""

    def __init__(self, seconds):
        self.requests = self.errors = 0
        signal.signal(signal.SIGTERM, lambda *_: self.finish())
        timer = threading.Timer(seconds, self.finish)
        timer.daemon = True
        timer.start()

    def add(self, good):
        self.requests += 1
        self.errors += not good

    def finish(self):
        print(json.dumps({"requests": self.requests, "errors": self.errors}), flush=True)
        os._exit(0)
