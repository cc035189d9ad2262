"""What a number of pairs costs: memory and start-up (memory), a day's audits (steady), a day with few of them (idle)."""

import time

import processes
from api_server import ApiServer
from daemon import Daemon, Pairs
from measure import Window, wait_for_traffic

MINUTE, DAY = 60, 86_400
ONE_INTERVAL = {"last_seen_from": 15 * MINUTE, "last_seen_to": 0}


def _sweep(bench, tokens, accounts_per_token, interval):
    """Resident KB after every pair was asked once, the peak until then, and seconds from start to first audit."""
    pairs = Pairs(bench.tools, tokens, accounts_per_token, **ONE_INTERVAL)
    with ApiServer(bench.tools) as server, Daemon(bench.tools, server, pairs, 64, interval) as daemon:
        processes.wait_until(lambda: server.counters()["first_request_at_ms"], 120, "the first audit", daemon.process)
        first = server.counters()["first_request_at_ms"] / 1000 - daemon.started_at
        limit = 15 + pairs.count / 10_000
        processes.wait_until(lambda: server.counters()["answers"] >= 1.1 * pairs.count, limit, "a sweep of all pairs",
                             daemon.process)
        time.sleep(0.5)
        return processes.resident_kb(daemon.pid), processes.peak_resident_kb(daemon.pid), first


def _resident_with_connections(bench, connections):
    """Resident KB with few pairs, so that room left over from loading does not hide what connections take."""
    pairs = Pairs(bench.tools, 1500, last_seen_from=864_000, last_seen_to=86_400, name="connections")
    with ApiServer(bench.tools, "--delay-ms", 900) as server, Daemon(bench.tools, server, pairs, connections) as daemon:
        wait_for_traffic(server, daemon.process, connections, what="adsauditd")
        time.sleep(2)
        return processes.resident_kb(daemon.pid)


def _connections(bench):
    few, many = 64, 1000
    bench.say(f"memory: {few} and {many} connections")
    resident = [_resident_with_connections(bench, connections) for connections in (few, many)]
    each = (resident[1] - resident[0]) / (many - few)
    bench.report.row("memory", f"{many:,} TLS connections, 1,500 pairs", rss_mb=resident[1] / 1024,
                     more=f"{each:.1f} KB a connection, beyond {few}")
    bench.report.at_most("memory per TLS connection", " KB", 80, 30, each)


def memory(bench):
    try:
        _connections(bench)
    except processes.NotMeasured as why:
        bench.report.not_measured("memory", "connections", why)
        processes.end_all()
    empty, _, _ = _sweep(bench, 64, 1, "1s")
    # (tokens, accounts of each, interval): the sweep is as quick as the interval demands and the core allows.
    most = bench.pairs
    plan = [(most // 100, 1, "1s"), (most // 10, 1, "1s"), (most, 1, "10s")]
    if not bench.quick:
        plan.append((most // 10, 10, "10s"))
    measured = {}
    for tokens, accounts, interval in plan:
        what = f"{tokens * accounts:,} pairs, {accounts} account{'s' if accounts > 1 else ''} per token"
        bench.check_time()
        bench.say(f"memory: {what}")
        try:
            resident, peak, first = _sweep(bench, tokens, accounts, interval)
        except processes.NotMeasured as why:
            bench.report.not_measured("memory", what, why)
            continue
        per_pair = (resident - empty) * 1024 / (tokens * accounts)
        measured[tokens, accounts] = per_pair, first
        bench.report.row("memory", what, rss_mb=resident / 1024,
                         more=f"{per_pair:.0f} bytes a pair, peak {peak / 1024:.0f} MB, first audit after {first:.2f} s")
    one, ten = measured.get((most, 1)), measured.get((most // 10, 10))
    bench.report.at_most(f"RSS per pair at {most:,}, one account per token", " bytes", 300, 160, one and one[0])
    bench.report.at_most(f"RSS per pair at {most:,}, ten accounts per token", " bytes", 300, 75, ten and ten[0])
    bench.report.at_most(f"start to first audit at {most:,} pairs", " s", 3, 1, one and one[1])


def steady(bench):
    """A million pairs each 15 minutes. The CPU share is told for that rate, also when another one was seen."""
    wanted = bench.pairs / (15 * MINUTE)
    pairs = Pairs(bench.tools, bench.pairs, **ONE_INTERVAL)
    with ApiServer(bench.tools, "--delay-ms", 100) as server:
        with Daemon(bench.tools, server, pairs, 2000, "15m", share="10%") as daemon:
            wait_for_traffic(server, daemon.process, 1, timeout=120, what="adsauditd")
            time.sleep(5 if bench.quick else 15)  # what fell due while the database was filled
            window = Window(server, daemon.pid, 10 if bench.quick else 30)
    share = 100 * window.micros * wanted / 1e6
    bench.report.row("steady", f"{bench.pairs:,} pairs, each 15 min, 100 ms", window.rate, micros=window.micros,
                     rss_mb=window.resident_kb / 1024,
                     more=f"{100 * window.load:.2f}% of a core; {share:.2f}% at {wanted:,.0f}/s")
    bench.report.at_most(f"{bench.pairs:,} pairs each 15 minutes, 100 ms answers", "% of a core", 8, 3, share)


def idle(bench):
    pairs = Pairs(bench.tools, 1000, **ONE_INTERVAL)
    seconds = 15 if bench.quick else MINUTE
    with ApiServer(bench.tools, "--delay-ms", 100) as server:
        with Daemon(bench.tools, server, pairs, 64, "15m", share="10%") as daemon:
            wait_for_traffic(server, daemon.process, 1, what="adsauditd")
            time.sleep(5)
            woken = processes.wake_ups(daemon.pid)
            window = Window(server, daemon.pid, seconds)
            woken = processes.wake_ups(daemon.pid) - woken
    per_day = DAY / window.seconds
    bench.report.row("idle", "1,000 pairs, each 15 min", window.rate, micros=window.micros,
                     rss_mb=window.resident_kb / 1024,
                     more=f"a day: {woken * per_day:,.0f} wake-ups ({woken / window.seconds:.1f}/s), "
                          f"{window.cpu * per_day:.0f} s of CPU; from {window.seconds:.0f} s")
