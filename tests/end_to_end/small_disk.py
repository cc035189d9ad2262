"""A disk so small that a test can fill it: a tmpfs that this process and its children alone can see."""

import ctypes
import errno
import os
import pathlib
import subprocess
import unittest

_CLONE_NEWNS = 0x00020000  # linux/sched.h


def require_own_mounts():
    """From now on this process has a mount namespace of its own. SkipTest where that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        why = os.strerror(ctypes.get_errno())
        raise unittest.SkipTest(f"NOT TESTED: a full disk needs a mount of its own, and unshare says: {why}; run as root")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class SmallDisk:
    """Mounted as long as it is used as a context manager. `size` as mount wants it: "2m"."""

    def __init__(self, directory, size):
        self.directory, self._size = pathlib.Path(directory), size
        self._filler = self.directory / "filler"

    def __enter__(self):
        self.directory.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=0700", "tmpfs", str(self.directory)],
                       check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", str(self.directory)], check=True)

    def fill(self):
        """To the last page, whoever else is writing."""
        with open(self._filler, "ab", buffering=0) as filler:
            while True:
                try:
                    filler.write(bytes(4096))
                except OSError as error:
                    if error.errno == errno.ENOSPC:
                        return
                    raise

    def free(self):
        self._filler.unlink()
