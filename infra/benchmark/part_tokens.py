"""What an access token costs: known already, verified anew, and beside what OpenSSL alone takes."""

import json

from .gateway import PROGRAMS
from .world import run, say


def measure(database, size, options):
    """Microseconds of one check and one signature, and of `openssl speed` for the same work."""
    say("Access tokens …")
    figures = json.loads(run(PROGRAMS / "token-bench"))
    seconds = 1 if options.quick else 3
    rsa = fields(run("openssl", "speed", "-mr", "-seconds", seconds, "rsa2048"), "+F2:")
    # What is signed of a token under a secret: header, claims and the dot between them.
    signed = figures["hs256"]["token_bytes"] - 44
    hmac = fields(run("openssl", "speed", "-mr", "-seconds", seconds, "-bytes", signed, "-hmac", "sha256"), "+F:")
    figures["openssl"] = {
        "rs256_sign_us": round(1e6 / float(rsa[3]), 2), "rs256_verify_us": round(1e6 / float(rsa[4]), 2),
        "hs256_us": round(signed / float(hmac[-1]) * 1e6, 2)}
    return {"tokens": figures}


def fields(output, mark):
    """The machine-readable line of `openssl speed` that begins with a mark, in its parts."""
    return next(line for line in output.splitlines() if line.startswith(mark)).split(":")
