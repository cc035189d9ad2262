"""Fails when a room includes a room that stands above it, or the daemon. Argument: the project's root."""

import pathlib
import re
import sys

ROOMS = ["base", "http", "xads", "audit", "verdict", "alert", "store", "view", "service", "simulation", "settings"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def complaints(root):
    for room in ROOMS:
        allowed = ROOMS[: ROOMS.index(room) + 1]
        for folder in ("lib", "tests"):
            for file in sorted((root / folder / room).glob("*.*")):
                if file.suffix not in (".h", ".cpp"):
                    continue
                for include in INCLUDE.findall(file.read_text(encoding="utf-8")):
                    # A name without a folder is a neighbour in the same one.
                    if "/" in include and include.split("/")[0] not in allowed:
                        yield f"{file.relative_to(root)}: {room} may not include {include}"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    for complaint in found:
        print(complaint, file=sys.stderr)
    folders = {path.name for path in (pathlib.Path(sys.argv[1]) / "lib").iterdir() if path.is_dir()}
    if folders != set(ROOMS):
        print(f"lib/ holds other rooms than agreed: {sorted(folders ^ set(ROOMS))}", file=sys.stderr)
        return 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
