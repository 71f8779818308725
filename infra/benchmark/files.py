"""CSV files to upload, and the same rows for \\copy."""

from datetime import datetime, timedelta, timezone

from .world import STATE, say

EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)
COLUMNS = ("revenue", "visitors", "orders", "temperature")


def value(line, column):
    return f"{(line * (7 + column) % 100003) / 16:.4f}"


def stamp(line):
    return (EPOCH + timedelta(minutes=line)).strftime("%Y-%m-%dT%H:%M:%SZ")


def wide(lines):
    """A header, a date column and four numeric columns: each line becomes four rows."""
    path = STATE / "bench-wide.csv"
    with open(path, "w") as output:
        output.write("date," + ",".join(COLUMNS) + "\n")
        for line in range(lines):
            output.write(stamp(line) + "," + ",".join(value(line, column) for column in range(len(COLUMNS))) + "\n")
    return path


def long(lines, tenant, sources):
    """The same rows as `wide` gives, one a line, in the order of the table's columns."""
    path = STATE / "bench-long.csv"
    with open(path, "w") as output:
        for line in range(lines):
            for column, source in enumerate(sources):
                output.write(f"{tenant},{source},{stamp(line)},{value(line, column)}\n")
    return path


def big(megabytes):
    """A CSV of so many MB as shops keep them: a date, two figures, and texts that are no figures."""
    path = STATE / "bench-big.csv"
    say(f"Writing a CSV of {megabytes} MB …")
    note = "left at the counter, paid in cash, the customer asked for a receipt and a second bag; " * 2
    lines, written = 0, 0
    with open(path, "w") as output:
        written += output.write("date,revenue,items,clerk,remark\n")
        while written < megabytes * 1_000_000:
            written += output.write(f'{stamp(lines)},{value(lines, 0)},{lines % 40},clerk {lines % 17},"{note}"\n')
            lines += 1
    return path, lines
