"""npm's `standardwebhooks` and `svix` as receivers of our webhooks, and `axe-core`, which judges our pages."""

import base64
import contextlib
import fcntl
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent / "node"
LIBRARIES = ("standardwebhooks", "svix")
_FILES = ("package.json", "package-lock.json", ".npmrc", "verify.mjs")


def axe_source():
    """axe-core, to be run in a page. unittest.SkipTest without npm."""
    _require_node("nobody but ourselves judges our pages")
    return (_installed() / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _require_node(what_else):
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        reason = f"{' and '.join(missing)} not installed: {what_else}"
        print(f"\n*** SKIPPED: {reason} ***", file=sys.stderr)
        raise unittest.SkipTest(reason)


class NodeVerifiers:
    """Installs the libraries once (`npm ci`, kept under .build) and asks them. unittest.SkipTest without npm."""

    def __init__(self):
        _require_node("nobody but ourselves verifies our webhooks")
        self._directory = _installed()

    def verify(self, *posts):
        """One {library: None or its complaint} a post. A post is (headers, body, secret), or with the time after it."""
        questions = []
        for headers, body, secret, *now in posts:
            question = {"headers": headers, "body_base64": base64.b64encode(body).decode(), "secret": secret}
            questions.append({**question, "now": now[0]} if now else question)
        done = subprocess.run(["node", "verify.mjs"], cwd=self._directory, input=json.dumps(questions), text=True,
                              capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise AssertionError(f"verify.mjs ended with {done.returncode}: {done.stderr[-2000:]}")
        return json.loads(done.stdout)


def _installed():
    """A directory with the packages, named after what is to be in it; made by the first who asks."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    kept = SOURCE.parent.parent.parent / ".build" / "node-verifiers"
    directory = kept / digest
    kept.mkdir(parents=True, exist_ok=True)
    with _locked(kept / "lock"):
        if not directory.exists():
            _install(kept / "unfinished", directory)
    return directory


@contextlib.contextmanager
def _locked(file):
    """One process at a time."""
    with open(file, "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(unfinished, directory):
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name in _FILES:
        shutil.copy(SOURCE / name, unfinished / name)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=unfinished, text=True,
                          capture_output=True, timeout=240, check=False)
    if done.returncode != 0:
        raise AssertionError(f"npm ci failed: {done.stderr.strip()[-2000:]}")
    unfinished.rename(directory)
