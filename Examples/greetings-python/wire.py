"""The wire between the gateway and a handler's process (Runtime/Wire/PROTOCOL.md), as bytes: frames in, frames out."""

import struct
from collections import namedtuple

VERSION = 5
MAXIMUM_LENGTH = 1 << 20
MAXIMUM_CHUNK = 64 << 10
WINDOW = 256 << 10

KINDS = ("start ready invoke chunk credit end answer failure subscribe page cancel context ping pong drain call called trace "
         "object piece room close outcome").split()
NUMBERS = {name: number for number, name in enumerate(KINDS, 1)}

Start = namedtuple("Start", "version handler database_url connections concurrency secrets log_level describes")
Invocation = namedtuple(
    "Invocation",
    "route page scope invocation request_id tenant user role scopes session api_key address context remaining_microseconds depth "
    "idempotency recording parameters query headers body following data_keys",
)
Receipt = namedtuple("Receipt", "handler_microseconds database_microseconds cpu_microseconds rows database_bytes", defaults=(0, 0, 0, 0, 0))


class WireError(Exception):
    """The bytes are not what the protocol says; the process must end."""


class Reader:
    """Reads the fields of one message."""

    def __init__(self, data):
        self.data, self.position = data, 0

    def take(self, count):
        end = self.position + count
        if end > len(self.data):
            raise WireError("a message ends too early")
        piece, self.position = self.data[self.position : end], end
        return piece

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]

    def u8(self):
        return self.number("B")

    def u16(self):
        return self.number("H")

    def u32(self):
        return self.number("I")

    def u64(self):
        return self.number("Q")

    def flag(self):
        value = self.u8()
        if value > 1:
            raise WireError(f"{value} where 0 or 1 was expected")
        return value == 1

    def blob(self):
        return self.take(self.u32())

    def text(self):
        try:
            return self.blob().decode()
        except UnicodeDecodeError as error:
            raise WireError("text that is not UTF-8") from error

    def uuid(self):
        digits = "%016x%016x" % (self.u64(), self.u64())
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def items(self, each):
        return [each() for _ in range(self.u16())]

    def optional(self, each):
        return each() if self.flag() else None

    def finish(self):
        if self.position != len(self.data):
            raise WireError("bytes behind the end of a message")


def text(value):
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def blob(value):
    return struct.pack("<I", len(value)) + value


def items(values, each):
    return struct.pack("<H", len(values)) + b"".join(each(value) for value in values)


def pairs(values):
    return items(values, lambda pair: text(pair[0]) + text(pair[1]))


def frame(kind, stream, message=b""):
    """The bytes of one frame."""
    return struct.pack("<IBI", len(message) + 5, NUMBERS[kind], stream) + message


def receipt(value):
    return struct.pack("<IIIIQ", *(min(part, (1 << 32) - 1) for part in value[:4]), value[4])


def ready(description):
    return frame("ready", 0, struct.pack("<H", VERSION) + blob(description))


def answer(stream, status, headers, body, used=None):
    """A whole answer where `used` is given; else its beginning, and chunks and an end follow."""
    message = struct.pack("<H", status) + pairs(headers) + (b"\x00" if used is None else b"\x01" + receipt(used))
    return frame("answer", stream, message + body)


def failure(stream, code, words, issues, used, retry_after=0):
    return frame("failure", stream, text(code) + text(words) + pairs(issues) + text("") + struct.pack("<I", retry_after) + receipt(used))


def credit(stream, count):
    return frame("credit", stream, struct.pack("<I", count))


def end(stream, used):
    return frame("end", stream, receipt(used))


def read_start(reader):
    return Start(
        reader.u16(), reader.text(), reader.text(), reader.u16(), reader.u16(),
        reader.items(lambda: (reader.text(), reader.blob())), reader.text(), reader.flag(),
    )  # fmt: skip


def read_invocation(reader):
    route = page = None
    target = reader.u8()
    if target == 0:
        route = reader.u16()
    elif target == 1:
        page = (reader.text(), reader.optional(reader.text), reader.u16())
    else:
        raise WireError(f"the unknown target {target}")
    return Invocation(
        route, page, chr(reader.u8()), reader.uuid(), reader.text(), reader.uuid(), reader.uuid(), reader.text(),
        reader.items(reader.text), reader.uuid(), reader.uuid(), reader.text(), reader.text(), reader.u64(), reader.u8(),
        reader.optional(lambda: (reader.text(), reader.blob())), read_recording(reader),
        reader.items(reader.text), reader.text(), reader.items(lambda: (reader.text(), reader.text())), reader.blob(), reader.u64(),
        reader.items(lambda: (reader.u32(), reader.blob())),
    )  # fmt: skip


def read_recording(reader):
    kind = reader.u8()
    if kind > 3:
        raise WireError(f"the unknown recording {kind}")
    return (kind, reader.blob() if kind == 3 else None)


def decode(data):
    """The frame at the beginning of the bytes as (kind, stream, reader, length); None until it is whole."""
    if len(data) < 4:
        return None
    (length,) = struct.unpack_from("<I", data)
    if not 5 <= length <= MAXIMUM_LENGTH:
        raise WireError(f"a frame of {length} bytes")
    if len(data) < 4 + length:
        return None
    number, stream = struct.unpack_from("<BI", data, 4)
    if not 1 <= number <= len(KINDS):
        raise WireError(f"a frame of the unknown kind {number}")
    return KINDS[number - 1], stream, Reader(bytes(data[9 : 4 + length])), 4 + length
