"""Processes of a measurement: pinned to a core, watched through /proc, and ended by their id."""

import os
import pathlib
import signal
import subprocess
import time

CLIENT_CORE, SERVER_CORE = 0, 1
TICKS = os.sysconf("SC_CLK_TCK")

_running = []


class NotMeasured(Exception):
    """A row that cannot be measured here; the message says why."""


def spawn(command, core=None, **options):
    """Starts a process that end_all() will end, and that dies with this one. `core`: the only one it may run on."""
    prefix = ["setpriv", "--pdeathsig", "KILL"] + ([] if core is None else ["taskset", "-c", str(core)])
    process = subprocess.Popen([*prefix, *map(str, command)], **options)
    _running.append(process)
    return process


def end(process, how=signal.SIGKILL, timeout=10):
    """Ends a process of spawn(); its exit status."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait(timeout)
    if process in _running:
        _running.remove(process)
    return status


def end_all():
    for process in list(_running):
        end(process)


def cpu_seconds(pid):
    """User and system time of all threads that live, to the nanosecond."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has just ended
    return total / 1e9


def busy_seconds():
    """Time that the client's and the server's core spent on anything, by the kernel's clock of ticks."""
    wanted = {f"cpu{CLIENT_CORE}", f"cpu{SERVER_CORE}"}
    total = 0
    for line in pathlib.Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name in wanted:
            user, nice, system, _, _, irq, softirq = map(int, ticks[:7])
            total += user + nice + system + irq + softirq
    return total / TICKS


def _status_numbers(text, name):
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(name + ":"))


def resident_kb(pid):
    return _status_numbers(pathlib.Path(f"/proc/{pid}/status").read_text(), "VmRSS")


def peak_resident_kb(pid):
    return _status_numbers(pathlib.Path(f"/proc/{pid}/status").read_text(), "VmHWM")


def wake_ups(pid):
    """How often threads of the process went to sleep, and so were woken."""
    return sum(_status_numbers((task / "status").read_text(), "voluntary_ctxt_switches")
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def wait_until(predicate, timeout, what, process=None):
    deadline = time.monotonic() + timeout
    while not (value := predicate()):
        if process is not None and process.poll() is not None:
            raise NotMeasured(f"{what}: the process ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise NotMeasured(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.02)
    return value
