"""What goes wrong at a provider: each fault answers one request of `provider_server.py` by itself."""
import gzip
import time
import zlib
from email.utils import formatdate


def head(request, *lines):
    """A head whose body ends with the connection, or as the lines say."""
    request.close_connection = True
    request.wfile.write("\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *lines, "", ""]).encode())
    request.wfile.flush()


def endless(request):
    head(request, "Connection: close")
    while True:
        request.wfile.write(b"x" * 65536)


def slow(request):
    head(request, "Connection: close")
    for _ in range(600):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(1)


def silent(request):
    """Never answers; ends when the client does."""
    request.close_connection = True
    request.connection.settimeout(None)
    request.rfile.read(1)


def stalled(request):
    """Half an answer, and then nothing; ends when the client does."""
    head(request, "Content-Length: 1000")
    request.wfile.write(b'{"rows": [')
    request.wfile.flush()
    request.connection.settimeout(None)
    request.rfile.read(1)


def cut(request):
    head(request, "Content-Length: 1000")
    request.wfile.write(b'{"rows": [')


def reset(request):
    """The connection ends before an answer."""
    request.close_connection = True


def half_chunk(request):
    head(request, "Transfer-Encoding: chunked")
    request.wfile.write(b"5\r\nhello\r\nzz\r\n")


def long_head(request):
    request.close_connection = True
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for index in range(10000):
        request.wfile.write(b"X-%d: %s\r\n" % (index, b"a" * 1000))
    request.wfile.write(b"\r\n")


def bomb(request):
    head(request, "Content-Encoding: gzip", "Connection: close")
    packer, zeros = zlib.compressobj(9, zlib.DEFLATED, 31), b"\0" * (1 << 20)
    for _ in range(64):
        request.wfile.write(packer.compress(zeros))
    request.wfile.write(packer.flush())


def redirect(request):
    request.answer(int(request.query.get("code", 302)), headers=[("Location", request.path.partition("to=")[2])])


FAULTS = {
    "endless": endless,
    "slow": slow,
    "silent": silent,
    "stalled": stalled,
    "cut": cut,
    "reset": reset,
    "half_chunk": half_chunk,
    "long_head": long_head,
    "bomb": bomb,
    "redirect": redirect,
    "loop": lambda request: request.answer(302, headers=[("Location", request.path)]),
    "not_http": lambda request: (setattr(request, "close_connection", True), request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")),
    "bad_json": lambda request: request.answer(200, '{"articles": [{"title": "half'),
    "bad_escape": lambda request: request.answer(200, '{"articles": [{"url": "https://example.com/a", "title": "It\\\'s \\x"}]}'),
    "wrong_types": lambda request: request.json({"articles": "none", "rates": [1, 2], "daily": 7, "geonames": {"a": 1}, "base": 5}),
    "missing_fields": lambda request: request.json({"articles": [{}], "rates": {}, "daily": {"time": ["2026-01-01"]}, "geonames": [{}]}),
    "empty": lambda request: request.answer(200, ""),
    "html": lambda request: request.answer(200, "<!doctype html><title>Welcome to the network</title>", "text/html"),
    "not_utf8": lambda request: request.answer(200, b'{"articles": [{"title": "caf\xe9"}]}'),
    "gzip": lambda request: request.answer(200, gzip.compress(b'{"ok": true}'), headers=[("Content-Encoding", "gzip")]),
    "bad_gzip": lambda request: request.answer(200, b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\xff" * 20, headers=[("Content-Encoding", "gzip")]),
    "rate_limited": lambda request: request.answer(
        429, "Please limit requests to one every 5 seconds.", "text/plain", [("Retry-After", request.query.get("retry_after", "1"))]),
    "rate_limited_until": lambda request: request.answer(
        429, "slower", "text/plain", [("Retry-After", formatdate(time.time() + 60, usegmt=True))]),
}
