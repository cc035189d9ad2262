"""The fast server of tests/bench/server, on a core of its own."""

import json
import signal
import subprocess

import processes


class ApiServer:
    """Use as a context manager. `arguments`: see bench-server --help."""

    def __init__(self, tools, *arguments):
        self.pki = tools.pki
        self._process = processes.spawn(
            [tools.program("bench-server"), "--cert", tools.pki.cert, "--key", tools.pki.key, *arguments],
            core=processes.SERVER_CORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise processes.NotMeasured("bench-server did not start")
        self.port = json.loads(line)["port"]
        self.url = f"https://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        processes.end(self._process, signal.SIGTERM)
        self._process.stdin.close()
        self._process.stdout.close()

    def ask(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise processes.NotMeasured(f"bench-server ended with {self._process.wait()}")
        return json.loads(answer)

    def counters(self):
        return self.ask("counters")

    def reset(self):
        self.ask("reset")

    @property
    def pid(self):
        return self._process.pid
