"""Time from the API's change to the sink's receipt (alert-delay), against the real daemon."""

import http.server
import json
import random
import statistics
import threading
import time

import processes
from api_server import ApiServer
from canaries import webhook_secret
from daemon import Daemon, Pairs
from measure import wait_for_traffic
from world import SecretFiles

SPACING = 1.0  # seconds between an answer and its confirmation


class Sink:
    """Takes webhooks over plain HTTP and notes when each came, by the account it speaks of."""

    def __init__(self):
        posts = self.posts = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802  (the base class calls it so)
                body = self.rfile.read(int(self.headers["content-length"]))
                posts.append((time.time(), json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def _account(number):
    return f"18ce{number:07}"


def _wait_for_alert(sink, account, after, timeout=20):
    """When the first alert about the account came since `after`, in epoch seconds."""
    def came():
        return next((at for at, body in sink.posts if at >= after and body["data"]["account"]["id"] == account), None)
    return processes.wait_until(came, timeout, f"an alert about {account}")


def _delays(bench, pairs, sink, confirmations, changes):
    """For each change: (from the change to the alert, from the first changed answer to the alert), in seconds."""
    hook = {"name": "siem", "type": "webhook", "url": sink.url, "allow_private": True,
            "secret": SecretFiles(pairs.directory / "secrets").reference("siem.secret", webhook_secret())}
    delays = []
    with ApiServer(bench.tools) as server:
        with Daemon(bench.tools, server, pairs, 64, "1s", destinations=[hook], audit={
                "interval": "1s", "discovery_interval": "24h",
                "confirm": {"count": confirmations, "spacing": "1s"}}) as daemon:
            wait_for_traffic(server, daemon.process, 1, what="adsauditd")
            time.sleep(3)
            for number in range(changes):
                account = _account(number % pairs.count)
                flipped = server.ask(f"flip {account}")["flipped_at_ms"] / 1000
                came = _wait_for_alert(sink, account, flipped)
                told = server.ask(f"told {account}")["told_at_ms"] / 1000
                delays.append((came - flipped, came - told))
                time.sleep(random.uniform(0, 0.2))  # at any place in the interval
    return delays


def alert_delay(bench):
    changes = 10 if bench.quick else 20
    for confirmations in (1, 2):
        what = f"{changes} changes, interval 1 s, {confirmations} answer{'s' if confirmations > 1 else ''} needed"
        bench.say(f"alert-delay: {what}")
        sink = Sink()
        try:
            pairs = Pairs(bench.tools, changes, last_seen_from=900, name=f"alerts{confirmations}")
            delays = _delays(bench, pairs, sink, confirmations, changes)
        except processes.NotMeasured as why:
            bench.report.not_measured("alert-delay", what, why)
            continue
        finally:
            sink.close()
        whole = sorted(delay for delay, _ in delays)
        ours = sorted(delay - SPACING * (confirmations - 1) for _, delay in delays)
        bench.report.row("alert-delay", what, more=(
            f"change to sink: median {statistics.median(whole):.2f} s, p95 {_p95(whole):.2f} s; first changed answer to "
            f"sink, less the wait for confirmation: median {1000 * statistics.median(ours):.0f} ms, "
            f"p95 {1000 * _p95(ours):.0f} ms"))


def _p95(ascending):
    return ascending[min(len(ascending) - 1, int(0.95 * len(ascending)))]
