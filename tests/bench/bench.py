"""scripts/bench: measures adsauditd beside other clients, all in one run, and prints one table."""

import argparse
import os
import pathlib
import platform
import resource
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "end_to_end"))

import processes  # noqa: E402
import section_alert  # noqa: E402
import section_pipeline  # noqa: E402
import section_scale  # noqa: E402
import section_virtual  # noqa: E402
from report import Report  # noqa: E402
from tools import Tools  # noqa: E402

SECTIONS = {
    "pipeline": section_pipeline.pipeline,
    "latency": section_pipeline.latency,
    "steady": section_scale.steady,  # before memory, which uses its database
    "memory": section_scale.memory,
    "idle": section_scale.idle,
    "growth": section_virtual.growth,
    "rate": section_virtual.rate,
    "storm": section_virtual.storm,
    "alert-delay": section_alert.alert_delay,
}
LONGEST_RUN = {True: 5 * 60, False: 23 * 60}  # seconds, by quick or not; no measurement starts later


def say(text):
    print(f"bench: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Bench:
    """What a section is given."""

    def __init__(self, tools, report, options):
        self.tools, self.report, self.quick = tools, report, options.quick
        self.repeats = options.repeats or (1 if options.quick else 3)
        self.pairs = options.pairs or (200_000 if options.quick else 1_000_000)
        self._end = time.monotonic() + LONGEST_RUN[options.quick]
        self.warm_up, self.window = (1.0, 1.5) if options.quick else (2.0, 3.0)
        self.say = say

    def check_time(self):
        if time.monotonic() > self._end:
            raise processes.NotMeasured("the time of this run is over")


def run_sections(bench, names):
    for name in names:
        say(f"section {name}")
        try:
            bench.check_time()
            SECTIONS[name](bench)
        except (processes.NotMeasured, OSError, subprocess.SubprocessError) as why:
            bench.report.not_measured(name, "the rest of it", why)
        processes.end_all()


def about(bench, started):
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    mode = "quick: one repeat, short windows" if bench.quick else f"medians of {bench.repeats} repeats, interleaved"
    return (f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, {os.cpu_count()} × {model}, Linux "
            f"{platform.release()}; {mode}; TLS 1.3, keep-alive, client on core {processes.CLIENT_CORE}, server on core "
            f"{processes.SERVER_CORE}; {time.monotonic() - started:.0f} s. Ratios, taken within one repeat, are what counts; "
            f"absolute figures belong to this machine and hour.{disturbance(bench.report)}")


def disturbance(report):
    if not report.disturbed_by or max(report.disturbed_by) < 0.1:
        return ""
    middle, most = statistics.median(report.disturbed_by), max(report.disturbed_by)
    return (f"\nNOT QUIET: other work used {middle:.2f} of the two cores (median of all windows, at most {most:.2f}). Rates and "
            "ratios suffer; run it again on an idle machine.")


def prepare_process():
    """Thousands of connections need descriptors, also in the children; a signal ends the run in order."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def stop(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, stop)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one repeat and short windows: minutes instead of a quarter")
    parser.add_argument("--section", action="append", choices=SECTIONS, help="only this one; may be given again")
    parser.add_argument("--repeats", type=int, default=0, help="default 3, and 1 with --quick")
    parser.add_argument("--pairs", type=int, default=0,
                        help="of the sections about many; default 1,000,000, and 200,000 with --quick")
    parser.add_argument("--json", metavar="FILE", help="the same figures for machines")
    parser.add_argument("--build-dir", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if os.cpu_count() < 2:
        sys.exit("bench: two cores are needed, one for the client and one for the server")
    prepare_process()
    started = time.monotonic()
    report, interrupted = Report(say), False
    with Tools(options.build_dir, options.quick) as tools:
        bench = Bench(tools, report, options)
        try:
            run_sections(bench, options.section or list(SECTIONS))
        except KeyboardInterrupt:
            interrupted = True
            report.not_measured("all", "the rest", "interrupted")
    text = about(bench, started)
    print(report.text(text))
    if options.json:
        report.write_json(options.json, text)
    return 1 if interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
