#!/usr/bin/python3 -B
"""The boot test: a small Debian of its own boots its own systemd, and the package is put through an operator's day there.

What happens inside is guest.py. This is the outside: a bare Debian root, made once and kept in a cache; a layer above it
that is thrown away; and systemd-nspawn, in mount and network namespaces of their own, so that nothing of this machine
changes. It needs root, systemd-container, mmdebstrap, and overlayfs; without them it says so and ends with 77.

  tests/boot/boot.py --build BUILD_DIRECTORY     installs the package of that build (made anew with cpack), or the one
                                                 that the environment names, ADSAUDITD_PACKAGE
  tests/boot/boot.py --package FILE.deb --fake fake-ads-api

--keep leaves the files of the machine where they are, and says where.
"""

import argparse
import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("ADSAUDITD_BOOT_CACHE", "/var/cache/adsauditd-boot"))
BASE = ["systemd-sysv", "dbus", "init-system-helpers", "python3", "openssl", "man-db", "mount"]
# Nobody logs in, and their start takes seconds.
MASKED = ["console-getty.service", "getty.target", "systemd-logind.service", "e2scrub_reap.service", "apt-daily.timer",
          "apt-daily-upgrade.timer", "man-db.timer", "dpkg-db-backup.timer"]
UNIT = """[Unit]
Description=The boot test: runs guest.py, then powers off
After=multi-user.target

[Service]
Type=oneshot
WorkingDirectory=/opt/boot/modules
Environment=FAKE_ADS_API=/opt/boot/fake/run PYTHONDONTWRITEBYTECODE=1
ExecStart=/bin/sh -c 'python3 -m unittest -v --failfast guest >/opt/boot/result 2>&1; echo $? >/opt/boot/status'
ExecStopPost=systemctl poweroff --no-block

[Install]
WantedBy=default.target
"""
SKIPPED = 77
BOOT_SECONDS = 240


class Skip(Exception):
    """This machine cannot boot another; the message says what it lacks."""


def run(*command, **options):
    """Its output; CalledProcessError, with what it said shown, when it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        done.check_returncode()
    return done.stdout


def check_machine():
    if os.geteuid() != 0:
        raise Skip("only root can boot a container")
    for tool, package in (("systemd-nspawn", "systemd-container"), ("mmdebstrap", "mmdebstrap"), ("unshare", "util-linux"),
                          ("dpkg-deb", "dpkg"), ("cpack", "cmake")):
        if shutil.which(tool) is None:
            raise Skip(f"there is no {tool}; install {package}")
    filesystems = pathlib.Path("/proc/filesystems").read_text(encoding="ascii").split()
    for wanted in ("overlay", "cgroup2"):
        if wanted not in filesystems:
            raise Skip(f"the kernel has no {wanted}")


def make_package(build, directory):
    run("cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", directory)
    return next(directory.glob("*.deb"))


def dependencies(package):
    """The names of what it depends on, the first of alternatives."""
    field = run("dpkg-deb", "--field", package, "Depends")
    return [re.match(r"[a-z0-9.+-]+", one.strip())[0] for one in field.split(",")]


def make_root(package):
    """A Debian with what the package needs, and not the package. Made once for each list of packages."""
    packages = sorted({*BASE, *dependencies(package)})
    root = CACHE / hashlib.sha256(" ".join(packages).encode()).hexdigest()[:16]
    if root.exists():
        return root
    print(f"boot: making a Debian in {root}, once", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as workshop:
        tree = pathlib.Path(workshop) / "root"
        run("mmdebstrap", "--variant=minbase", f"--include={','.join(packages)}", "bookworm", tree)
        (tree / "etc/machine-id").write_text("", encoding="ascii")
        run("systemctl", f"--root={tree}", "mask", *MASKED)
        run("systemctl", f"--root={tree}", "set-default", "multi-user.target")
        with contextlib.suppress(OSError):  # somebody else was faster
            tree.rename(root)
    return root


def put_in(root, package, fake):
    """The package, the tests and the fake with the libraries that it has here, into a root that is thrown away."""
    boot = root / "opt/boot"
    modules, libraries = boot / "modules", boot / "fake"
    modules.mkdir(parents=True)
    libraries.mkdir()
    for file in [HERE / "guest.py", HERE / "machine.py", *(HERE.parent / "end_to_end").glob("*.py")]:
        if not file.name.startswith("test_"):
            shutil.copy(file, modules)
    shutil.copy(HERE.parent.parent / "README.md", boot)
    shutil.copy(package, boot / "adsauditd.deb")
    shutil.copy(fake, libraries / "fake-ads-api")
    for library in re.findall(r"=> (/\S+)", run("ldd", fake)):
        if not re.search(r"/(libc|libm|ld-linux.*|libpthread|libdl)\.so", library):
            shutil.copy(library, libraries)
    wrapper = libraries / "run"
    wrapper.write_text('#!/bin/sh\nLD_LIBRARY_PATH=/opt/boot/fake exec /opt/boot/fake/fake-ads-api "$@"\n', encoding="ascii")
    wrapper.chmod(0o755)
    (root / "etc/systemd/system/boot-test.service").write_text(UNIT, encoding="ascii")
    run("systemctl", f"--root={root}", "enable", "boot-test.service")
    (root / "etc/hostname").write_text("boot-test\n", encoding="ascii")


def own_control_group(name):
    """Only cgroup2, and a group of our own in it: systemd-nspawn hands it to the systemd that boots."""
    subprocess.run(["umount", "--lazy", "/sys/fs/cgroup"], check=False, stderr=subprocess.DEVNULL)
    run("mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup")
    group = pathlib.Path("/sys/fs/cgroup") / name
    group.mkdir()
    (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    return group


def remove_group(group):
    pathlib.Path("/sys/fs/cgroup/cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    for directory, _, _ in sorted(os.walk(group), reverse=True):
        with contextlib.suppress(OSError):
            os.rmdir(directory)


def boot(root, console):
    name = f"adsauditd-boot-{os.getpid()}"
    run("mount", "-t", "tmpfs", "tmpfs", "/run")  # of this machine's systemd the other one learns nothing
    pathlib.Path("/run/systemd/nspawn").mkdir(parents=True)
    group = own_control_group(name)
    command = ["systemd-nspawn", "--quiet", "--boot", f"--directory={root}", f"--machine={name}", "--register=no",
               "--keep-unit", "--private-network", "--console=pipe"]
    try:
        with open(console, "wb") as output:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
                           timeout=BOOT_SECONDS, env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
    finally:
        remove_group(group)


def report(root, console, seconds):
    result, status = root / "opt/boot/result", root / "opt/boot/status"
    if not status.exists():
        print(console.read_text(errors="replace")[-4000:])
        print(f"boot: FAILED: the machine did not come to the end of its tests in {seconds:.0f} s")
        return 1
    print(result.read_text(errors="replace"))
    failed = status.read_text(encoding="ascii").strip() != "0"
    print(f"boot: {'FAILED' if failed else 'all well'}, {seconds:.0f} s")
    return 1 if failed else 0


def inside(options):
    """In a mount namespace of our own."""
    began = time.monotonic()
    workshop = pathlib.Path(options.workshop)
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", workshop)
    given = options.package or os.environ.get("ADSAUDITD_PACKAGE")
    package = pathlib.Path(given) if given else make_package(pathlib.Path(options.build), workshop)
    cached = make_root(package)
    layers = [workshop / name for name in ("upper", "work", "root")]
    for layer in layers:
        layer.mkdir()
    upper, work, root = layers
    run("mount", "-t", "overlay", "-o", f"lowerdir={cached},upperdir={upper},workdir={work}", "overlay", root)
    put_in(root, package, options.fake)
    console = workshop / "console"
    boot(root, console)
    if options.keep:
        run("cp", "-aT", upper, options.keep)
        shutil.copy(console, options.keep)
    return report(root, console, time.monotonic() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", help="a build directory, whose package is made and installed")
    parser.add_argument("--package", help="the package to install")
    parser.add_argument("--fake", help="the program fake-ads-api; that of the build directory")
    parser.add_argument("--keep", metavar="DIRECTORY", help="copies there what the machine wrote")
    parser.add_argument("--workshop", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fake is None:
        options.fake = f"{options.build}/tests/fakes/fake-ads-api"
    if options.workshop:
        return inside(options)
    try:
        check_machine()
    except Skip as lack:
        print(f"boot: SKIPPED: NOT TESTED: the unit and the package under a real systemd: {lack}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="adsauditd-boot-") as workshop:
        arguments = [*sys.argv[1:], "--workshop", workshop]
        return subprocess.run(["unshare", "--mount", "--propagation", "private", "/usr/bin/python3", "-B", __file__,
                               *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
