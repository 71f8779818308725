"""Delimited text, JSON, and what is something else than its name says."""

import json
import os
import random

from .kit import MB, book, days, file, many


# Delimited text.

@file("cell_of_30_mb.csv")
def _(): return b"day,remark\n2026-01-01," + b"x" * (30 * MB) + b"\n"


@file("quoted_cell_of_30_mb.csv")
def _(): return b'day,remark\n2026-01-01,"' + b"x\n" * (15 * MB) + b'"\n'


@file("unclosed_quote.csv")
def _(): return b'day,remark\n2026-01-01,"open\n' + b"2026-01-02,plain\n" * many(1_500_000)


@file("wide_200000.csv")
def _(): return (",".join(f"c{n}" for n in range(200_000)) + "\n" + ",".join("1" for _ in range(200_000)) + "\n").encode()


@file("wide_later.csv")
def _(): return days(2000).encode() + b"," * many(5_000_000) + b"\n"


@file("endless_line.csv")
def _(): return b"a" * (60 * MB)


@file("commas.csv")
def _(): return b"," * (30 * MB)


@file("newlines.csv")
def _(): return b"\n" * (30 * MB)


@file("returns.csv")
def _(): return b"\r" * (30 * MB)


@file("quotes.csv")
def _(): return b'"' * (30 * MB)


@file("quotes_and_commas.csv")
def _(): return b'","' * (10 * MB)


@file("stray_quotes.csv")
def _(): return b"a,b\n" + b'x"y,"z"w\n' * many(2_000_000)


@file("pairs_of_quotes.csv")
def _(): return b'a,b\n1,"' + b'""' * (10 * MB)


@file("backslashes.csv")
def _(): return b'a,b\n1,"' + b'\\"' * (10 * MB)


@file("blanks.csv")
def _(): return b" " * (30 * MB)


@file("tabs_and_blanks.csv")
def _(): return b"\t \t  \t\n" * many(3_000_000)


@file("nuls.csv")
def _(): return bytes(20 * MB)


@file("nuls_between.csv")
def _(): return days(many(200_000)).replace("2026", "20\0" + "26").encode()


@file("random.csv")
def _(): return random.Random(2).randbytes(10 * MB)


@file("random_letters.csv")
def _(): return bytes(random.Random(3).choices(b'ab1,;\t|"\n\\ \xe4', k=5 * MB))


@file("utf16_half.csv")
def _(): return b"\xff\xfe" + days(100_000).encode("utf-16-le") + b"\x00\xd8" * 100_000 + b"x"


@file("utf16_high_halves.csv")
def _(): return b"\xfe\xff" + b"\xd8\x00" * (5 * MB)


@file("utf32.csv")
def _(): return days(1000).encode("utf-32")


@file("overlong_utf8.csv")
def _(): return b"a,b\n" + b"\xc0\xaf,\xf8\x88\x80\x80\x80\n" * many(500_000)


@file("formulas.csv")
def _(): return b'day,sales\n2026-01-01,"=cmd|\' /C calc\'!A0"\n2026-01-02,@SUM(1+1)\n2026-01-03,+1\n2026-01-04,-1\n'


@file("huge_numbers.csv")
def _(): return ("day,sales\n" + "".join(f"2026-01-{n + 1:02},{value}\n" for n, value in enumerate(
    ["9" * 400, "1e999", "-1e999", "1e-999", "0." + "0" * 5000 + "1", "1e" + "9" * 5000, "NaN", "Infinity", "0x7f"]))).encode()


@file("digits.csv")
def _(): return b"a,b\n" + b"\n".join(b"9" * 100_000 + b",1" for _ in range(many(200)))


@file("huge_dates.csv")
def _(): return b"day,sales\n" + b"".join(b"%s,1\n" % day for day in (
    b"99999-01-01", b"2026-13-45", b"0000-00-00", b"-9999-01-01", b"2026-02-30", b"1e9-01-01", b"9999-12-31T23:59:60.999999999+99:99") * 1000)


@file("many_businesses.csv")
def _(): return ("day,shop,product,sales\n" + "".join(f"2026-01-01,shop {n},product {n * 7},{n}\n" for n in range(many(300_000)))).encode()


@file("same_day.csv")
def _(): return b"day,sales\n" + b"2026-01-01,1\n" * many(2_000_000)


@file("same_names.csv")
def _(): return (",".join(["x"] * 5000) + "\n" + (",".join(["1"] * 5000) + "\n") * 200).encode()


@file("long_names.csv")
def _(): return ("day," + ",".join("n" * 2000 for _ in range(500)) + "\n" + "2026-01-01" + ",1" * 500 + "\n").encode()


@file("wide_and_distinct.csv")
def _():
    chance = random.Random(4)
    return ("\n".join(",".join(str(chance.getrandbits(60)) for _ in range(9000)) for _ in range(2 + many(120))) + "\n").encode()


@file("dates_of_every_form.csv")
def _():
    forms = ("2026-01-{0:02}", "{0:02}.01.2026", "{0:02}/01/26", "Jan {0}, 2026", "{0} janvier 2026", "2026{0:02}01", "1767{0:02}0000", "{0:02}:15", "Q1 2026")
    return ("day,sales\n" + "".join(forms[n % len(forms)].format(n % 28 + 1) + f",{n}\n" for n in range(many(300_000)))).encode()


# JSON.

@file("deep_arrays.json")
def _(): return b"[" * (10 * MB)


@file("deep_objects.json")
def _(): return b'{"a":' * (2 * MB)


@file("deep_and_closed.json")
def _(): return b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"


@file("huge_numbers.json")
def _(): return ('[{"a": 1e999999999, "b": ' + "9" * 1_000_000 + '}, {"a": -0, "b": 1e-999999999}]').encode()


@file("long_string.json")
def _(): return b'[{"a": "' + b"x" * (30 * MB) + b'"}]'


@file("many_names.json")
def _(): return b"[" + b",".join(b'{"n%d": 1}' % n for n in range(200_000)) + b"]"


@file("many_names_in_one.json")
def _(): return b"[{" + b",".join(b'"n%d": 1' % n for n in range(200_000)) + b"}]"


@file("same_name.json")
def _(): return b"[{" + b",".join([b'"a": 1'] * many(500_000)) + b"}]"


@file("late_columns.json")
def _():
    """Each record's one value stands in the last of all columns."""
    return b"[" + b'{' + b",".join(b'"n%d": 1' % n for n in range(9000)) + b"}" + b',{"n8999": 1}' * many(300_000) + b"]"


@file("half_surrogates.json")
def _(): return b"[" + b",".join([b'{"a": "\\ud800", "b": "\\udc00\\ud800"}'] * 50_000) + b"]"


@file("control_letters.json")
def _(): return b'[{"a": "\x00\x01\x1f"}]'


@file("prototype.json")
def _(): return json.dumps([{"__proto__": {"admin": True}, "constructor": {"prototype": 1}, "day": f"2026-01-{n + 1:02}", "x": n} for n in range(9)]).encode()


@file("endless_blanks.json")
def _(): return b"[" + b" " * (30 * MB)


@file("numbers_alone.json")
def _(): return b"[" + b"1," * (5 * MB) + b"1]"


# What is something else than its name says.

@file("program.csv")
def _(): return b"\x7fELF\x02\x01\x01" + bytes(2000)


@file("picture.xlsx")
def _(): return b"\x89PNG\r\n\x1a\n" + bytes(2000)


@file("document.csv")
def _(): return b"%PDF-1.7\n" + b"1 0 obj << >> endobj\n" * 1000


@file("page.csv")
def _(): return b"<!DOCTYPE html><html><script>alert(1)</script><table><tr><td>1</td></tr></table></html>"


@file("drawing.csv")
def _(): return b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg onload="alert(1)">&x;</svg>'


@file("archive.csv")
def _(): return b"7z\xbc\xaf\x27\x1c" + os.urandom(2000)


@file("text_named_book.xlsx")
def _(): return days(100).encode()


@file("book_named_text.csv")
def _(): return book('<row><c t="str"><v>day</v></c><c t="str"><v>x</v></c></row><row><c><v>46000</v></c><c><v>1</v></c></row>')


@file("one_byte.csv")
def _(): return b"x"
