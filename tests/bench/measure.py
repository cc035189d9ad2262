"""One window of a measurement: the same reading of every client, from outside."""

import statistics
import time

import processes


class Window:
    """What happened between two readings of the server's counters and the client's accounts in /proc."""

    def __init__(self, server, pid, seconds):
        machine, served = processes.busy_seconds(), processes.cpu_seconds(server.pid)
        first, cpu = server.counters(), processes.cpu_seconds(pid)
        time.sleep(seconds)
        last, cpu_then = server.counters(), processes.cpu_seconds(pid)
        machine, served = processes.busy_seconds() - machine, processes.cpu_seconds(server.pid) - served
        self.seconds = (last["now_ns"] - first["now_ns"]) / 1e9
        self.requests = last["answers"] - first["answers"]
        self.rate = self.requests / self.seconds
        self.cpu = cpu_then - cpu
        self.load = self.cpu / self.seconds
        self.server_load = served / self.seconds
        # What neither client nor server used of their two cores, in cores; about 0 on a machine with nothing else to do.
        self.others = max(0.0, (machine - self.cpu - served) / self.seconds)
        self.micros = 1e6 * self.cpu / self.requests if self.requests else float("nan")
        self.connections = last["connections"]
        self.peak_in_flight = last["peak_in_flight"]
        self.broken, self.throttled, self.handshakes = (
            last[name] - first[name] for name in ("broken", "throttled", "handshakes"))
        self.resident_kb = processes.resident_kb(pid)


def wait_for_traffic(server, process, connections, timeout=30, what="the client"):
    """Until all connections stand and answers flow."""
    def flows():
        seen = server.counters()
        return seen["connections"] >= connections and seen["answers"] >= 2 * connections
    processes.wait_until(flows, timeout, f"{what} with {connections} connections", process)


class Figures(dict):
    """Readings of repeats by name; gives their medians."""

    def add(self, **readings):
        for name, value in readings.items():
            self.setdefault(name, []).append(value)

    def median(self, name):
        return statistics.median(self[name]) if self.get(name) else None
