"""Years and storms in virtual time, with the real engine and the real store: growth and rate."""

import json
import subprocess

import processes


def _run(bench, program, *arguments, timeout):
    """The figures that a program prints as one line of JSON."""
    done = processes.spawn([bench.tools.program(program), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           text=True)
    try:
        output, errors = done.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        processes.end(done)
        raise processes.NotMeasured(f"{program}: not within {timeout} s") from None
    if done.returncode != 0:
        raise processes.NotMeasured(f"{program}: ended with {done.returncode}: {errors.strip()[-300:]}")
    return json.loads(output.strip().splitlines()[-1])


def growth(bench):
    for told, name in (("false", "no destination"), ("true", "one webhook")):
        seen = _run(bench, "bench-year", "--pairs", 50 if bench.quick else 200, "--tell-somebody", told, "--database",
                    bench.tools.directory / f"year-{told}.db", timeout=300)
        bench.report.row("growth", f"{seen['pairs']} pairs, a year, {seen['changes_per_pair']} changes each, {name}", more=(
            f"{seen['bytes_per_pair']:.0f} bytes a pair and year, after {seen['first_bytes_per_pair']:.0f} for the pair itself; "
            f"{seen['audits']:,} answers"))
    bench.report.at_most("database per pair and simulated year with 4 changes", " bytes", 1024, 400,
                         seen["bytes_per_pair"])


def storm(bench):
    tokens = 20_000 if bench.quick else 100_000
    seen = _run(bench, "bench-storm", "--tokens", tokens, "--database", bench.tools.directory / "storm.db", timeout=300)
    bench.report.row("storm", f"{tokens:,} tokens revoked in one instant, and restored", more=(
        f"composed in {seen['composed_s']:.2f} s, committed in {seen['committed_s']:.2f} s; Slack gets "
        f"{seen['people_opened']} and {seen['people_resolved']} messages, the webhook {seen['programs']:,}; "
        f"{seen['ids_in_history']:,} incidents named in the history"))
    bench.report.at_most("storm: outbox composed and committed", " s", 5, 2, seen["composed_s"] + seen["committed_s"])
    bench.report.at_most("storm: Slack messages", "", 60, 20, seen["people_opened"] + seen["people_resolved"])


def rate(bench):
    pairs = 16_000 if bench.quick else 100_000
    directory = bench.tools.directory
    by_family = {}
    for part, name in (("token", "windows by token"), ("account", "windows by account")):
        bench.say(f"rate: {pairs:,} pairs, {name}")
        seen = by_family[name] = _run(bench, "bench-rate", "--directory", directory, "--part", part, "--pairs", pairs,
                                      timeout=400)
        bench.report.row("rate", f"{pairs:,} pairs, each 15 min, {name}", more=(
            f"{seen['refused']} refused, at most {seen['largest_window']} calls in a window of which {seen['share']} are "
            f"ours, lateness p99 {seen['p99_s']:.2f} s, most {seen['max_s']:.1f} s; first minute after 2 h down "
            f"{seen['first_minute'] / seen['steady_minute']:.2f} × steady"))
    slow = _run(bench, "bench-rate", "--directory", directory, "--part", "slow", "--pairs", pairs, timeout=300)
    bench.report.row("rate", f"{pairs:,} pairs, answers take 30 s", rss_mb=slow["rss_mb"], more=(
        f"sweep in {slow['sweep_min']:.1f} min, {slow['peak_in_flight']:,} in flight"))
    _rate_bars(bench.report, by_family, slow)


def _rate_bars(report, by_family, slow):
    for name, seen in by_family.items():
        fits = seen["refused"] == 0 and seen["largest_window"] <= seen["share"]
        report.bar(f"{name}: no 429, no window above the share", "0, ≤ share", "",
                   f"{seen['refused']}, {seen['largest_window']} of {seen['share']}", fits, None)
        report.at_most(f"{name}: lateness p99", " s", 5, 1, seen["p99_s"])
        report.at_most(f"{name}: first minute, all overdue", " × steady", 1.5, 1.2,
                       seen["first_minute"] / seen["steady_minute"])
    fits = slow["sweep_min"] <= 20 and slow["peak_in_flight"] <= 4096 and slow["rss_mb"] <= 512
    report.bar("30 s answers: sweep, in flight, RSS", "≤ 20 min, ≤ 4,096, ≤ 512 MB", "",
               f"{slow['sweep_min']:.1f} min, {slow['peak_in_flight']:,}, {slow['rss_mb']:.0f} MB", fits, None)
