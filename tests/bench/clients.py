"""The clients that stand beside adsauditd, and how each is started."""

import json
import subprocess

import processes
from tools import CLIENTS, require_command

PYTHON = "/usr/bin/python3"  # Debian's own, which has Debian's packages
LONGEST = 60  # seconds a client runs if nobody ends it


def _options(tools, server, connections):
    return ["--port", server.port, "--ca", tools.pki.ca, "--connections", connections, "--seconds", LONGEST]


def _wrk(tools, server, connections):
    # One account is enough: it neither signs nor reads. It ends by itself only.
    url = f"{server.url}/12/accounts/18ce0000001/authenticated_user_access"
    return [require_command("wrk", "wrk"), "-t1", f"-c{connections}", f"-d{LONGEST}", url]


def _go(tools, server, connections):
    return [tools.go_client(), *_options(tools, server, connections)]


def _libcurl(tools, server, connections):
    return [tools.program("bench-curl"), *_options(tools, server, connections)]


def _python(script):
    return lambda tools, server, connections: [PYTHON, "-B", CLIENTS / script, *_options(tools, server, connections)]


def _node(tools, server, connections):
    return [require_command("node", "nodejs"), tools.node_client(), *_options(tools, server, connections)]


COMMANDS = {
    "wrk": _wrk,
    "Go net/http": _go,
    "libcurl multi": _libcurl,
    "twitter-api-v2": _node,
    "aiohttp": _python("aiohttp_client.py"),
    "requests-oauthlib": _python("requests_client.py"),
}


def start(name, tools, server, connections):
    return processes.spawn(COMMANDS[name](tools, server, connections), core=processes.CLIENT_CORE,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def stop(name, process):
    """How many of all its requests went wrong, by the client's own count; None for wrk, which tells only at its end."""
    if name == "wrk":
        processes.end(process)
        process.stdout.close()
        return None
    process.terminate()
    try:
        output, _ = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        output = ""
    processes.end(process)
    if not output.strip():
        raise processes.NotMeasured(f"{name} gave no count of its requests")
    return json.loads(output.strip().splitlines()[-1])["errors"]
