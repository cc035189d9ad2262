"""Where the programs of a run are, and a directory of its own on a real disk."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import processes
from pki import make_pki

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
CLIENTS = HERE / "clients"


class Tools:
    """Use as a context manager. `build` is a CMake build directory with the target `bench` and adsauditd."""

    def __init__(self, build, quick):
        self.build, self.quick = pathlib.Path(build), quick
        self.kept = PROJECT / ".build" / "bench"  # over runs: Go's binary, npm's packages
        self.kept.mkdir(parents=True, exist_ok=True)
        for left in self.kept.glob("run-*"):  # by a run that was killed
            if not pathlib.Path("/proc", left.name.split("-")[1]).exists():
                shutil.rmtree(left, ignore_errors=True)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=self.kept))
        self.pki = make_pki(self.directory / "pki")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        processes.end_all()
        shutil.rmtree(self.directory, ignore_errors=True)

    def program(self, name):
        path = self.build / "adsauditd" if name == "adsauditd" else self.build / "tests" / "bench" / name
        if not path.exists():
            raise processes.NotMeasured(f"{name} was not built ({path})")
        return path

    def go_client(self):
        """Built once a run; a few seconds."""
        binary = self.kept / "go-client"
        source = CLIENTS / "go_client.go"
        if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
            go = require_command("go", "golang-go")
            environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.kept), "GOCACHE": str(self.kept / "go-cache"),
                           "GO111MODULE": "off"}
            subprocess.run([go, "build", "-o", str(binary), str(source)], check=True, env=environment)
        return binary

    def node_client(self):
        """The client in a directory with its packages from npm's registry."""
        directory = self.kept / "node"
        directory.mkdir(exist_ok=True)
        for name in ("package.json", "node_client.mjs"):
            shutil.copy(CLIENTS / name, directory / name)
        if not (directory / "node_modules" / "twitter-api-v2").exists():
            npm = require_command("npm", "npm")
            done = subprocess.run([npm, "install", "--no-audit", "--no-fund"], cwd=directory, capture_output=True,
                                  text=True, timeout=180, check=False)
            if done.returncode != 0:
                raise processes.NotMeasured("npm install failed: " + done.stderr.strip()[-200:])
        return directory / "node_client.mjs"


def require_command(name, package):
    found = shutil.which(name)
    if found is None:
        raise processes.NotMeasured(f"{name} is not installed (package {package})")
    return found
