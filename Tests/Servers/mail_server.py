#!/usr/bin/python3
"""A mail server for the suites, on aiosmtpd: prints "listening on PORT", then a JSON object for each mail that it took.

usage: mail_server.py [--tls starttls|implicit] [--certificate FILE --key FILE] [--user NAME --password WORD]

It misbehaves by the recipient's local part: later (451), never (550), full (552 behind the data), greylisted (450 at first), drop (hangs up in the
middle of the data), slow (answers after a minute), nonsense (an answer that is none).
"""
import argparse
import asyncio
import base64
import email
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local == "later":
            return "451 4.3.0 come again"
        if local == "never":
            return "550 5.1.1 nobody of that name"
        if local == "nonsense":
            return "what?"
        if local == "greylisted" and address not in self.seen:
            self.seen.add(address)
            return "450 4.7.1 greylisted"
        if local == "slow":
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0]
        if local == "full":
            return "552 5.2.2 the box is full"
        if local == "drop":
            server.transport.abort()
            return "250 OK"
        message = email.message_from_bytes(envelope.original_content)
        print(json.dumps({
            "id": message["Message-ID"], "subject": message["Subject"], "from": envelope.mail_from, "to": envelope.rcpt_tos, "content": base64.b64encode(envelope.original_content).decode(),
            "tls": session.ssl is not None or server.tls_is_implicit, "user": session.auth_data, "options": envelope.mail_options,
        }), flush=True)
        return "250 OK"


class Server(SMTP):
    tls_is_implicit = False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    given = parser.parse_args()

    context = None
    if given.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.certificate, given.key)

    def authenticate(server, session, envelope, mechanism, data):
        success = data.login.decode() == given.user and data.password.decode() == given.password
        return AuthResult(success=success, handled=success, auth_data=given.user if success else None)

    handler = Handler()

    def make():
        server = Server(
            handler, enable_SMTPUTF8=True, hostname="mail.test", tls_context=context if given.tls == "starttls" else None,
            require_starttls=given.tls == "starttls", auth_required=given.user is not None, auth_require_tls=given.tls == "starttls",
            authenticator=authenticate if given.user else None)
        server.tls_is_implicit = given.tls == "implicit"
        return server

    async def run():
        server = await asyncio.get_running_loop().create_server(
            make, "127.0.0.1", 0, ssl=context if given.tls == "implicit" else None)
        print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        sys.exit(0)


main()
