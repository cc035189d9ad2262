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
    seen = _run(bench, "bench-year", "--pairs", 50 if bench.quick else 200, "--database", bench.tools.directory / "year.db",
                timeout=300)
    bench.report.row("growth", f"{seen['pairs']} pairs, a year, {seen['changes_per_pair']} changes each", more=(
        f"{seen['bytes_per_pair']:.0f} bytes a pair; {seen['audits']:,} answers, {seen['seconds']:.0f} s"))
    bench.report.at_most("database per pair and simulated year with 4 changes", " bytes", 1024, 400,
                         seen["bytes_per_pair"])


def rate(bench):
    raise processes.NotMeasured("bench-rate waits for the engine's new service room")
