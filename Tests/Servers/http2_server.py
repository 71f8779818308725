#!/usr/bin/python3
"""An HTTPS server for the suites that speaks HTTP/2 (RFC 9113) and nothing else: prints "listening on PORT".

usage: http2_server.py CERTIFICATE KEY

Every request is answered 200 with 50,000 bytes that begin with the numbers of its connection and its stream. Fields of requests are not decoded.
"""
import socket
import ssl
import struct
import sys
import threading

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# :status 200 of the static table (RFC 7541, appendix A), and a literal content-type.
ANSWER = b"\x88" + b"\x0f\x10" + bytes([10]) + b"text/plain"

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
context.set_alpn_protocols(["h2"])
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening on {listener.getsockname()[1]}", flush=True)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def serve(client, number):
    try:
        with context.wrap_socket(client, server_side=True) as connection, connection.makefile("rb") as reader:
            if connection.selected_alpn_protocol() != "h2" or reader.read(len(PREFACE)) != PREFACE:
                return
            connection.sendall(frame(SETTINGS, 0, 0))
            while head := reader.read(9):
                length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
                stream = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
                payload = reader.read(length)
                if kind == SETTINGS and not flags & ACK:
                    connection.sendall(frame(SETTINGS, ACK, 0))
                elif kind == PING and not flags & ACK:
                    connection.sendall(frame(PING, ACK, 0, payload))
                elif kind in (DATA, HEADERS) and flags & END_STREAM:
                    text = f"connection {number} stream {stream}".encode().ljust(25) + b"\n"
                    body = text.ljust(50_000, b".")
                    connection.sendall(frame(HEADERS, END_HEADERS, stream, ANSWER))
                    parts = [body[start:start + 16_000] for start in range(0, len(body), 16_000)]
                    for part in parts:
                        connection.sendall(frame(DATA, END_STREAM if part is parts[-1] else 0, stream, part))
                elif kind == GOAWAY:
                    return
    except OSError:
        pass


connections = 0
while True:
    connection = listener.accept()[0]
    connections += 1
    threading.Thread(target=serve, args=(connection, connections), daemon=True).start()
