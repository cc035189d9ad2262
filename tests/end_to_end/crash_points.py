"""Which crash points there are, by the source: lib/base/crash_point.h tells what they do."""

import pathlib
import re

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / "lib"


def _sources():
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(LIBRARY.rglob("*.cpp")))


def _around_commit(name):
    return {f"commit.{name}.before", f"commit.{name}.after"}


def all_points():
    """Their names. Some are made from a name that the program knows while it runs: see families()."""
    source = _sources()
    points = set(re.findall(r'crash_point\("([a-z_.]+)"\)', source))
    contents = re.search(r"contents_of\(const Batch& batch\) \{(.*?)\n\}", source, re.DOTALL).group(1)
    for name in re.findall(r'\.commit\("([a-z_]+)"\)', source) + re.findall(r'"([a-z_]+)"', contents):
        points |= _around_commit(name)
    steps = re.search(r"kSteps\[\] = \{(.*?)\}", source).group(1)
    for number in range(1, len(steps.split(",")) + 1):
        points |= _around_commit(f"schema_{number}")
    return points


def families():
    """What begins the names that end with a channel."""
    return set(re.findall(r'crash_point\("([a-z_.]+)" \+', _sources()))
