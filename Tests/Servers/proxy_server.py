#!/usr/bin/python3
"""A proxy for the suites that opens tunnels (CONNECT) and nothing else: prints "listening on PORT", then each request's first line as JSON.

usage: proxy_server.py [CERTIFICATE KEY]   (with them it is spoken to over TLS)
"""
import json
import socket
import ssl
import sys
import threading

context = None
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening on {listener.getsockname()[1]}", flush=True)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    if context:
        try:
            client = context.wrap_socket(client, server_side=True)
        except OSError:
            return
    head = b""
    while b"\r\n\r\n" not in head:
        part = client.recv(4096)
        if not part:
            return
        head += part
    line = head.split(b"\r\n")[0].decode("latin-1")
    print(json.dumps({"line": line}), flush=True)
    method, target, _ = line.split(" ")
    if method != "CONNECT":
        client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        return client.close()
    host, port = target.rsplit(":", 1)
    try:
        server = socket.create_connection((host.strip("[]"), int(port)))
    except OSError:
        client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        return client.close()
    client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: stand-in\r\n\r\n")
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)


while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
