"""Packed files that grow, and archives that lie."""

import gzip
import json
import os
import random
import struct
import zipfile

from .kit import MB, days, file, many, repeated_gzip, zip_of


# Packed files that grow.

@file("zeros_10gb.csv.gz")
def _(): return repeated_gzip(bytes(MB), 10_240)


@file("lines_10gb.csv.gz")
def _(): return repeated_gzip(b"1,2,3,4\n" * (MB // 8), 10_240)


@file("newlines_1gb.csv.gz")
def _(): return repeated_gzip(b"\n" * MB, 1024)


@file("commas_1gb.csv.gz")
def _(): return repeated_gzip(b"," * MB, 1024)


@file("quotes_1gb.csv.gz")
def _(): return repeated_gzip(b'"' * MB, 1024)


@file("slow_quotes_1gb.csv.gz")
def _(): return repeated_gzip(b'a,"b""c"d,"e\n' * (MB // 13), 1024)


@file("rows_1gb.json.gz")
def _(): return repeated_gzip(b'{"a":1,"b":"x"}\n' * (MB // 16), 1024)


@file("open_arrays.json.gz")
def _(): return repeated_gzip(b"[" * MB, 1024)


@file("under_the_ratio.csv.gz")
def _():
    chance = random.Random(1)
    lines = "".join(f"2026-01-{chance.randrange(1, 29):02},{chance.randrange(10**9)},{'x' * 2400}\n" for _ in range(400))
    return repeated_gzip(lines.encode(), many(1024))


@file("many_members.csv.gz")
def _(): return gzip.compress(b"a,b\n1,2\n") * many(20_000)


@file("empty_members.csv.gz")
def _(): return gzip.compress(b"") * many(200_000)


@file("gzip_in_gzip.csv.gz")
def _(): return gzip.compress(gzip.compress(gzip.compress(repeated_gzip(bytes(MB), 1024))))


@file("trailing_rubbish.csv.gz")
def _(): return gzip.compress(days(50).encode()) + b"rubbish behind the end" * 1000


@file("cut.csv.gz")
def _(): return gzip.compress(os.urandom(40_000))[:20_000]


@file("long_head.csv.gz")
def _(): return b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03" + b"n" * (8 * MB)


@file("one_bomb.zip")
def _(): return zip_of(("a.csv", bytes(400 * MB)))


@file("lies_about_size.zip")
def _():
    data = bytearray(zip_of(("a.csv", b"1,2\n" * (16 * MB))))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24:at + 28] = struct.pack("<I", 100)
    return bytes(data)


@file("zip_in_zip.zip")
def _():
    inner = zip_of(("a.csv", bytes(50 * MB)))
    for level in range(6):
        inner = zip_of(*((f"{number}.zip", inner) for number in range(8 if level < 3 else 1)))
    return inner


@file("overlapping.zip")
def _():
    """Every entry of the directory points at the same packed bytes."""
    kernel = zip_of(("a.csv", bytes(20 * MB)))
    start = kernel.index(b"PK\x01\x02")
    end = kernel.index(b"PK\x05\x06")
    entry, count = kernel[start:end], 5000
    directory = b"".join(entry[:46] + f"{number:05}"[:5].encode() + entry[51:] for number in range(count))
    return kernel[:start] + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), start, 0)


@file("million_entries.zip")
def _():
    entry = zip_of(("a", b""))
    start, end = entry.index(b"PK\x01\x02"), entry.index(b"PK\x05\x06")
    count = 60_000
    directory = entry[start:end] * count
    return entry[:start] + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), start, 0)


@file("encrypted.zip")
def _():
    data = bytearray(zip_of(("a.csv", days(10))))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


@file("traversal.zip")
def _(): return zip_of(("../../../../etc/cron.d/x", "* * * * * root true\n"), ("a.csv", days(5)))


@file("absolute_name.zip")
def _(): return zip_of(("/etc/passwd", days(5)), ("C:\\windows\\x.csv", days(5)))


@file("link.zip")
def _():
    info = zipfile.ZipInfo("a.csv")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return zip_of((info, "/etc/passwd"))


@file("no_directory.zip")
def _(): return zip_of(("a.csv", days(1000)))[:-60]


@file("odd_method.zip")
def _(): return zip_of(("a.csv", days(1000)), method=zipfile.ZIP_LZMA)


@file("cyclic_end64.zip")
def _():
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 62, 1 << 62)
    locator = struct.pack("<IIQI", 0x07064B50, 0, 4, 1)
    return b"PK\x03\x04" + record + locator + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
