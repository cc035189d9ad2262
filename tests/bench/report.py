"""The one table, what could not be measured, and the bars."""

import json
import textwrap

COLUMNS = ("section", "what", "requests/s", "/ wrk", "CPU µs", "/ wrk", "/ Go", "RSS MB", "more")
RIGHT = set(range(2, 8))
WIDEST_MORE = 70  # characters of a line


def _number(value, digits=2):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}f}"


class Report:
    """Rows are printed at the end, in one table; `say` tells of progress at once."""

    def __init__(self, say):
        self.say = say
        self.rows, self.missing, self.bars, self.remarks = [], [], [], []
        self.disturbed_by = []  # cores that others used in each window

    def row(self, section, what, rate=None, rate_to_wrk=None, micros=None, micros_to_wrk=None, micros_to_go=None,
            rss_mb=None, more=""):
        self.rows.append({"section": section, "what": what, "rate": rate, "rate_to_wrk": rate_to_wrk, "micros": micros,
                          "micros_to_wrk": micros_to_wrk, "micros_to_go": micros_to_go, "rss_mb": rss_mb, "more": more})

    def not_measured(self, section, what, why):
        why = " ".join(str(why).split())
        self.missing.append({"section": section, "what": what, "why": why})
        self.say(f"{section}: {what}: not measured: {why}")

    def remark(self, text):
        self.remarks.append(text)
        self.say(text)

    def bar(self, figure, must, aim, measured, met, aim_met):
        """`met` and `aim_met`: True, False, or None when it was not measured."""
        self.bars.append({"figure": figure, "must": must, "aim": aim, "measured": measured, "met": met,
                          "aim_met": aim_met})

    def at_most(self, figure, unit, must, aim, measured):
        self._compare(figure, "≤", unit, must, aim, measured, lambda value, limit: value <= limit)

    def at_least(self, figure, unit, must, aim, measured):
        self._compare(figure, "≥", unit, must, aim, measured, lambda value, limit: value >= limit)

    def _compare(self, figure, sign, unit, must, aim, measured, fits):
        def judged(limit):
            return None if measured is None or limit is None else fits(measured, limit)
        self.bar(figure, f"{sign} {must}{unit}", "" if aim is None else f"{sign} {aim}{unit}",
                 "not measured" if measured is None else f"{_number(measured)}{unit}", judged(must), judged(aim))

    def text(self, about):
        lines = ["", about, ""]
        cells = [COLUMNS]
        for row in self.rows:
            first, *others = textwrap.wrap(row["more"], WIDEST_MORE) or [""]
            cells.append((row["section"], row["what"], _number(row["rate"], 0), _number(row["rate_to_wrk"]),
                          _number(row["micros"]), _number(row["micros_to_wrk"]), _number(row["micros_to_go"]),
                          _number(row["rss_mb"], 1), first))
            cells += [(*[""] * (len(COLUMNS) - 1), text) for text in others]
        lines += _aligned(cells, RIGHT)
        if self.missing:
            lines += ["", "Not measured:"]
            lines += [f"  {entry['section']}: {entry['what']}: {entry['why']}" for entry in self.missing]
        if self.remarks:
            lines += ["", "Remarks:", *(f"  {text}" for text in self.remarks)]
        if self.bars:
            words = {True: "yes", False: "NO", None: "?"}
            cells = [("bar", "must", "measured", "met", "aim", "met")]
            for bar in self.bars:
                cells.append((bar["figure"], bar["must"], bar["measured"], words[bar["met"]], bar["aim"],
                              words[bar["aim_met"]] if bar["aim"] else ""))
            lines += ["", *_aligned(cells, {2})]
        return "\n".join(lines)

    def write_json(self, file, about):
        with open(file, "w", encoding="utf-8") as stream:
            json.dump({"about": about, "rows": self.rows, "not_measured": self.missing, "remarks": self.remarks, "bars": self.bars}, stream,
                      indent=1, ensure_ascii=False)
            stream.write("\n")


def _aligned(cells, right):
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = []
    for index, row in enumerate(cells):
        parts = [text.rjust(width) if column in right else text.ljust(width)
                 for column, (text, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(parts).rstrip())
        if index == 0:
            lines.append("  ".join("-" * width for width in widths))
    return lines
