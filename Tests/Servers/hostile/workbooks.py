"""Workbooks of both kinds."""

import struct
from pathlib import Path

from .kit import CONTENT, MB, RELATIONS, book, file, many, relation, zip_of

HERE = Path(__file__).resolve().parent.parent


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
