#!/usr/bin/env python3
"""Writes files that are made to exhaust, mislead or break whoever reads them: hostile_files.py FOLDER [--full] [NAME …].

Each is written by a function of its own below; with --full sixteen times as large, for programs that are optimized."""

import gzip
import io
import json
import os
import random
import struct
import sys
import zipfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCALE = 1 if "--full" in sys.argv else 16
MB = (1 << 20) // SCALE
FILES = {}


def many(count):
    return count // SCALE


def file(name):
    """The function below writes the file of that name."""

    def keep(function):
        FILES[name] = function
        return function

    return keep


def repeated_gzip(block, times):
    """gzip of a block so many times, packed once: a full flush makes its bytes stand alone. The checksum at the end is wrong."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
    return head + packed * times + b"\x03\x00" + struct.pack("<II", 0, len(block) * times & 0xFFFFFFFF)


def zip_of(*members, method=zipfile.ZIP_DEFLATED):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method, compresslevel=9 if method == zipfile.ZIP_DEFLATED else None) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name) if isinstance(name, str) else name, content, method)
    return output.getvalue()


CONTENT = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/></Types>')
BOOK = (
    '<?xml version="1.0"?>{0}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{1}</sheets></workbook>')
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>')
SHEET = '<?xml version="1.0"?>{0}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{1}<sheetData>{2}</sheetData></worksheet>'
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relation(number, kind, target, more=""):
    return f'<Relationship Id="r{number}" Type="{TYPE}/{kind}" Target="{target}"{more}/>'


def book(rows="", declaration="", head="", strings=None, sheets=1, target="worksheets/sheet{}.xml", more=(), sheet=None):
    """A workbook whose first sheet holds `rows`."""
    names = "".join(f'<sheet name="S{number}" sheetId="{number}" r:id="r{number}"/>' for number in range(1, sheets + 1))
    relations = "".join(relation(number, "worksheet", target.format(number)) for number in range(1, sheets + 1))
    if strings is not None:
        relations += relation(9999, "sharedStrings", "sharedStrings.xml")
    members = [
        ("[Content_Types].xml", CONTENT), ("_rels/.rels", RELATIONS.format(relation(1, "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", BOOK.format("", names)), ("xl/_rels/workbook.xml.rels", RELATIONS.format(relations))]
    if strings is not None:
        members.append(("xl/sharedStrings.xml", strings))
    for number in range(1, sheets + 1):
        members.append((f"xl/worksheets/sheet{number}.xml", sheet if sheet is not None else SHEET.format(declaration, head, rows)))
    return zip_of(*members, *more)


def days(count, delimiter=","):
    return "day" + delimiter + "sales\n" + "".join(f"2026-01-{n % 28 + 1:02}{delimiter}{n}\n" for n in range(count))


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


# Workbooks.

@file("far_cell.xlsx")
def _(): return book('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>', head='<dimension ref="A1:XFD1048576"/>')


@file("many_far_cells.xlsx")
def _(): return book("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, many(200_000))))


@file("beyond_the_sheet.xlsx")
def _(): return book('<row r="99999999999"><c r="AAAAAAAAA99999999999"><v>1</v></c></row>')


@file("external_entity.xlsx")
def _(): return book('<row><c t="str"><v>&e;</v></c></row>', declaration='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')


@file("external_dtd.xlsx")
def _(): return book("<row><c><v>1</v></c></row>", declaration='<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">')


@file("billion_laughs.xlsx")
def _():
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return book('<row><c t="str"><v>&a9;</v></c></row>', declaration=f"<!DOCTYPE x [{entities}]>")


@file("quadratic_blowup.xlsx")
def _():
    return book(f'<row><c t="str"><v>{"&a;" * 50_000}</v></c></row>', declaration=f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>')


@file("shared_strings_bomb.xlsx")
def _():
    strings = f'<sst><si><t>{"x" * 900_000}</t></si></sst>'
    return book("".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, 5000)), strings=strings)


@file("million_strings.xlsx")
def _(): return book('<row><c t="s"><v>1999999</v></c></row>', strings="<sst>" + "<si><t>a</t></si>" * many(2_000_000) + "</sst>")


@file("missing_strings.xlsx")
def _(): return book('<row><c t="s"><v>4294967295</v></c><c t="s"><v>-1</v></c></row>', strings='<sst count="4294967295" uniqueCount="4294967295"/>')


@file("sheet_of_400_mb.xlsx")
def _(): return book('<row><c t="str"><v>aaaaaaaa</v></c><c><v>12345678</v></c></row>' * many(6_500_000))


@file("empty_rows.xlsx")
def _(): return book("<row/>" * many(1_048_576))


@file("rows_backwards.xlsx")
def _(): return book("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(many(100_000), 0, -1)))


@file("thousand_sheets.xlsx")
def _(): return book('<row><c t="str"><v>x</v></c></row><row><c><v>1</v></c></row>', sheets=2500)


@file("deep_xml.xlsx")
def _(): return book(sheet="<a>" * 400_000)


@file("long_attribute.xlsx")
def _(): return book(f'<row><c r="{"A" * (20 * MB)}"><v>1</v></c></row>')


@file("many_attributes.xlsx")
def _(): return book("<row " + " ".join(f'a{n}="{n}"' for n in range(200_000)) + "><c><v>1</v></c></row>")


@file("cell_of_30_mb.xlsx")
def _(): return book(f'<row><c t="inlineStr"><is><t>{"x" * (30 * MB)}</t></is></c></row>')


@file("wide_200000.xlsx")
def _(): return book("<row>" + "<c><v>1</v></c>" * 200_000 + "</row>")


@file("part_outside.xlsx")
def _(): return book("<row><c><v>1</v></c></row>", target="../../../../../../etc/passwd#{}")


@file("points_at_itself.xlsx")
def _(): return book(target="../_rels/.rels?{}", more=[("xl/worksheets/_rels/sheet1.xml.rels", RELATIONS.format(relation(1, "worksheet", "sheet1.xml")))])


@file("huge_numbers.xlsx")
def _(): return book('<row><c t="str"><v>day</v></c><c t="str"><v>x</v></c></row>' + "".join(
    f'<row><c s="0"><v>{value}</v></c><c><v>{value}</v></c></row>' for value in ("1e308", "-1e999", "NaN", "9" * 100_000, "1e-400", "0x10", "--1")))


@file("not_utf8.xlsx")
def _(): return book(sheet=b'<?xml version="1.0" encoding="UTF-7"?><worksheet><sheetData><row><c t="str"><v>\xff\xfe\xc3(</v></c></row></sheetData></worksheet>')


@file("macro.docx")
def _(): return zip_of(("[Content_Types].xml", CONTENT), ("word/document.xml", "<w:document/>"))


@file("repeated_columns.ods")
def _():
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>")
    return zip_of(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content))


# Workbooks of the older kind: compound files whose sectors lead nowhere.

def compound():
    return bytearray((HERE.parent / "Workbooks/book.xls").read_bytes())


@file("cyclic_sectors.xls")
def _():
    data = compound()
    first = struct.unpack_from("<I", data, 76)[0]
    table = (first + 1) * 512
    for place in range(0, 512, 4):
        struct.pack_into("<I", data, table + place, (place // 4) ^ 1)
    return bytes(data)


@file("every_sector_to_the_first.xls")
def _():
    data = compound()
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    data[table:table + 512] = bytes(512)
    return bytes(data)


@file("cyclic_difat.xls")
def _():
    data = compound()
    struct.pack_into("<I", data, 44, 0x7FFFFFFF)
    struct.pack_into("<II", data, 68, 0, 0x7FFFFFFF)
    return bytes(data)


@file("huge_sectors.xls")
def _():
    data = compound()
    struct.pack_into("<HH", data, 30, 63, 62)
    return bytes(data)


@file("encrypted.xlsx")
def _():
    """What a workbook with a password is: a compound file with other streams."""
    return bytes(compound().replace("Workbook".encode("utf-16-le"), "EncrPack".encode("utf-16-le")))


@file("cut.xls")
def _(): return bytes(compound()[:1500])


@file("lengths.xls")
def _():
    data = compound()
    for place in range(512, len(data) - 4, 97):
        struct.pack_into("<H", data, place, 0xFFFF)
    return bytes(data)


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


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [word for word in sys.argv[2:] if word != "--full"]
    for name, make in FILES.items():
        if wanted and name not in wanted:
            continue
        content = make()
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


if __name__ == "__main__":
    main()
