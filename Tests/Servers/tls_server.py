#!/usr/bin/python3
"""An HTTPS server for the suites: prints "listening on PORT" and answers every GET with the name that the client asked for.

usage: tls_server.py CERTIFICATE KEY [OLDEST NEWEST]   (TLS versions, e.g. TLSv1_1 TLSv1_1)
"""
import http.server
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
if len(sys.argv) > 3:
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion[sys.argv[3]]
    context.maximum_version = ssl.TLSVersion[sys.argv[4]]
asked = {}
context.sni_callback = lambda connection, name, _: asked.__setitem__("name", name)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = str(asked.get("name")).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
