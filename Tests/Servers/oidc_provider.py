#!/usr/bin/python3
"""A provider of OpenID Connect for the suites: prints "listening on PORT". It signs by the program openssl.

The code that it redeems says how it behaves; it is base64url of JSON: {"nonce", "challenge", "claims": {…changes}, "alg", "key"}. It checks PKCE, the
client and the redirect URI. A token that names the key "r2" makes it publish that one from then on in place of "r1": a rotation.

usage: oidc_provider.py FOLDER
"""
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
CLIENT, SECRET = "client-1", "s&cret:1"
published = ["r1"]
redeemed = set()
hits = {"keys": 0}


def digits(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def run(*command, data=None):
    return subprocess.run(["openssl", *command], input=data, capture_output=True, check=True).stdout


for name in ["r1", "r2", "stranger"]:
    run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{FOLDER}/{name}.pem")


def jwk(name):
    modulus = run("rsa", "-in", f"{FOLDER}/{name}.pem", "-noout", "-modulus").decode().strip().split("=")[1]
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "n": digits(bytes.fromhex(modulus)), "e": "AQAB"}


def token(code, issuer):
    now = int(time.time())
    claims = {"iss": issuer, "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 300, "nonce": code["nonce"]}
    claims.update(code.get("claims", {}))
    claims = {name: value for name, value in claims.items() if value is not None}
    algorithm, key = code.get("alg", "RS256"), code.get("key", "r1")
    if key == "r2":
        published[:] = ["r2"]
    header = {"alg": algorithm, "kid": "r1" if key == "stranger" else key, "typ": "JWT"}
    text = digits(json.dumps(header).encode()) + "." + digits(json.dumps(claims).encode())
    if algorithm == "none":
        return text + "."
    if algorithm == "HS256":
        return text + "." + digits(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())
    return text + "." + digits(run("dgst", "-sha256", "-sign", f"{FOLDER}/{key}.pem", data=text.encode()))


class Provider(BaseHTTPRequestHandler):
    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/.well-known/openid-configuration":
            self.answer({
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys", "authorization_response_iss_parameter_supported": True,
                "code_challenge_methods_supported": ["S256"],
            })
        elif self.path == "/keys":
            hits["keys"] += 1
            self.answer({"keys": [jwk(name) for name in published]})
        elif self.path == "/hits":
            self.answer(hits)
        else:
            self.answer({"error": "not found"}, 404)

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
        given = base64.b64decode(self.headers.get("authorization", "")[6:]).decode().split(":")
        if [urllib.parse.unquote_plus(part) for part in given] != [CLIENT, SECRET]:
            return self.answer({"error": "invalid_client"}, 401)
        text = form.get("code", "")
        code = json.loads(bytes_of(text))
        fits = digits(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) == code["challenge"]
        if not fits or text in redeemed or not form.get("redirect_uri", "").endswith("/api/v1/auth/oidc/callback"):
            return self.answer({"error": "invalid_grant"}, 400)
        redeemed.add(text)
        self.answer({"access_token": "unused", "token_type": "Bearer", "id_token": token(code, self.issuer)})

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
