"""What the files are made with, and the list of them."""

import io
import struct
import sys
import zipfile
import zlib

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
