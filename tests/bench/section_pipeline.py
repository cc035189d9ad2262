"""The whole audit against other clients: without delay (pipeline), and with answers that take 100 ms (latency)."""

import time

import clients
import processes
from api_server import ApiServer
from daemon import Daemon, Pairs
from measure import Figures, Window, wait_for_traffic

OURS = "adsauditd"
PEERS_AT_ALL = ["wrk", OURS, "Go net/http", "libcurl multi"]
PEERS_AT_64 = ["twitter-api-v2", "aiohttp", "requests-oauthlib"]
NEVER_IDLE = 200_000  # pairs, each due every second: more than can be asked
LONG_AGO = {"last_seen_from": 864_000, "last_seen_to": 86_400}


def measure(bench, name, connections, *server_arguments):
    with ApiServer(bench.tools, *server_arguments) as server:
        if name == OURS:
            window = _measure_daemon(bench, server, connections)
        else:
            window = _measure_client(bench, name, server, connections)
    bench.report.disturbed_by.append(window.others)
    return window


def _measure_daemon(bench, server, connections):
    pairs = Pairs(bench.tools, NEVER_IDLE, **LONG_AGO)
    with Daemon(bench.tools, server, pairs, connections) as daemon:
        try:
            window = _window(bench, OURS, server, daemon.process, connections)
        except processes.NotMeasured as why:
            raise processes.NotMeasured(f"{why}; its last words: {daemon.last_words()}") from None
        if lost := daemon.log_text().count("outcome=unavailable"):
            bench.report.remark(f"{OURS}, {connections} connections: {lost} audits without an answer, warm-up included")
        return window


def _measure_client(bench, name, server, connections):
    process = clients.start(name, bench.tools, server, connections)
    window = _window(bench, name, server, process, connections)
    if errors := clients.stop(name, process):
        raise processes.NotMeasured(f"{errors} of its requests went wrong")
    return window


def _window(bench, name, server, process, connections):
    wait_for_traffic(server, process, connections, timeout=60, what=name)
    time.sleep(bench.warm_up)
    window = Window(server, process.pid, bench.window)
    if window.throttled or window.broken:
        raise processes.NotMeasured(f"{window.throttled} answers of 429 and {window.broken} broken connections")
    if window.handshakes:
        bench.report.remark("{}, {} connections: {} were opened anew in a window".format(name, connections, window.handshakes))
    return window


def _measure_all(bench, section, plan, *server_arguments):
    """{(name, connections): [Window of each repeat, or None]}; interleaved: each repeat measures all, one by one."""
    windows = {}
    for repeat in range(bench.repeats):
        for name, connections in plan:
            bench.check_time()
            bench.say(f"{section}: repeat {repeat + 1} of {bench.repeats}: {name}, {connections} connections")
            try:
                window = measure(bench, name, connections, *server_arguments)
            except processes.NotMeasured as why:
                window = None
                bench.report.not_measured(section, f"{name}, {connections} connections, repeat {repeat + 1}", why)
                processes.end_all()
            windows.setdefault((name, connections), []).append(window)
    return windows


def _ratios(mine, theirs, read):
    """Of the same repeat, because the machine is not the same from minute to minute."""
    return [read(one) / read(other) for one, other in zip(mine, theirs) if one and other and read(other)]


def _figures(windows, name, connections):
    mine = windows.get((name, connections), [])
    figures = Figures()
    for window in filter(None, mine):
        figures.add(rate=window.rate, micros=window.micros, load=window.load, rss=window.resident_kb / 1024)
    for other, label in (("wrk", "wrk"), ("Go net/http", "go")):
        theirs = windows.get((other, connections), [])
        figures[f"rate_to_{label}"] = _ratios(mine, theirs, lambda window: window.rate)
        figures[f"micros_to_{label}"] = _ratios(mine, theirs, lambda window: window.micros)
    return figures


def _rows(bench, section, windows, ideal_per_connection=None):
    for name, connections in windows:
        figures = _figures(windows, name, connections)
        if figures.median("rate") is None:
            continue
        more = f"{100 * figures.median('load'):.0f}% of a core"
        if ideal_per_connection:
            more += f", {100 * figures.median('rate') / (connections * ideal_per_connection):.1f}% of the ideal"
        bench.report.row(section, f"{name}, {connections} connections", figures.median("rate"),
                         figures.median("rate_to_wrk"), figures.median("micros"), figures.median("micros_to_wrk"),
                         figures.median("micros_to_go"), figures.median("rss"), more)


def pipeline(bench):
    plan = [(name, connections) for connections in (64, 256, 1000) for name in PEERS_AT_ALL]
    plan += [(name, 64) for name in PEERS_AT_64]
    windows = _measure_all(bench, "pipeline", plan)
    _rows(bench, "pipeline", windows)
    at_64 = _figures(windows, OURS, 64)
    report = bench.report
    report.at_most("whole audit, client CPU, 64 connections", " × wrk", 1.5, 1.0, at_64.median("micros_to_wrk"))
    report.at_most("whole audit, client CPU, 64 connections", " × Go", 0.5, None, at_64.median("micros_to_go"))
    for connections in (64, 256, 1000):
        rate = _figures(windows, OURS, connections).median("rate_to_wrk")
        report.at_least(f"audits/s on one core, {connections} connections", "% of wrk", 65, 100,
                        rate and 100 * rate)


def latency(bench):
    plan = [(name, 1000) for name in PEERS_AT_ALL] + [(OURS, 4000)]
    windows = _measure_all(bench, "latency", plan, "--delay-ms", 100)
    _rows(bench, "latency", windows, ideal_per_connection=10)
    for connections, must in ((1000, 97), (4000, None)):
        figures = _figures(windows, OURS, connections)
        rate, load = figures.median("rate"), figures.median("load")
        share = rate and 100 * rate / (10 * connections)
        bound = load is not None and load > 0.95
        met = None if share is None else share >= 97 or bound
        text = "not measured" if share is None else f"{share:.1f}%, {100 * load:.0f}% of a core"
        bench.report.bar(f"100 ms answers, {connections} in flight",
                         "≥ 97% of the ideal, or CPU-bound" if must else "", "" if must else "≥ 97%, or CPU-bound", text,
                         met if must else None, None if must else met)
