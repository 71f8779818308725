#!/usr/bin/python3
"""S3 for the suites, in the shapes of its reference: prints "listening on PORT".

One bucket, named by the first argument, in memory. It checks AWS Signature Version 4 by itself: a request that is not signed by the one key, or
whose signed parts were changed, gets 403. Below /_control the test plays the rest of the world: answers that fail, bytes that rot, what is stored.
"""
import hashlib
import hmac
import json
import sys
import threading
import urllib.parse
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree
from xml.sax.saxutils import escape

BUCKET = sys.argv[1]
LEAST_PART = int(sys.argv[2]) if len(sys.argv) > 2 else 5 << 20
ACCESS, SECRET, REGION = "AKIASTANDIN", "a/secret+key=of=the=stand-in", "eu-central-1"

lock = threading.Lock()
objects = {}  # key: (bytes, etag)
uploads = {}  # id: {"key", "parts": {number: (bytes, etag)}, "at"}
faults = []  # {"method", "query", "status", "body", "times"}
# Cleared while the test holds what is put.
released = threading.Event()
released.set()
counts = {"requests": 0, "most_bytes": 0, "held": 0}


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def expected_signature(method, target, headers, scope, signed, payload_hash):
    """Section "Create a signed AWS API request" of AWS' reference, step by step."""
    path, _, query = target.partition("?")
    items = sorted(tuple(item.partition("=")[::2]) for item in query.split("&") if item)
    canonical_query = "&".join(f"{name}={value}" for name, value in items)
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed)
    request = "\n".join([method, path, canonical_query, lines, ";".join(signed), payload_hash])
    date, region, service, _ = scope.split("/")
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers.get("x-amz-date", ""), scope, hashlib.sha256(request.encode()).hexdigest()])
    key = mac(mac(mac(mac(("AWS4" + SECRET).encode(), date), region), service), "aws4_request")
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code):
        self.answer(status, f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def control(self, body):
        name = urllib.parse.urlsplit(self.path).path.removeprefix("/_control/")
        fields = json.loads(body or b"{}")
        with lock:
            if name == "fail":
                faults.append(fields)
            elif name == "rot":
                key = next(key for key in objects if key.endswith(fields["key"]))
                data = bytearray(objects[key][0])
                data[fields["at"]] ^= 1
                objects[key] = (bytes(data), objects[key][1])
            elif name == "hold":
                released.clear()
            elif name == "release":
                released.set()
            elif name == "age":
                for upload in uploads.values():
                    upload["at"] -= timedelta(hours=fields["hours"])
            state = {"keys": sorted(objects), "sizes": [len(objects[key][0]) for key in sorted(objects)], "uploads": len(uploads), **counts,
                     "bytes": {key: value[0][:200].hex() for key, value in objects.items()}}
        self.answer(200, json.dumps(state).encode())

    def is_signed(self, body):
        headers = {name.lower(): value for name, value in self.headers.items()}
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
        access, _, scope = fields.get("Credential", "").partition("/")
        signed = fields.get("SignedHeaders", "").split(";")
        payload = headers.get("x-amz-content-sha256", "")
        if scheme != "AWS4-HMAC-SHA256" or access != ACCESS or scope.split("/")[1:] != [REGION, "s3", "aws4_request"]:
            return False
        if "host" not in signed or "x-amz-date" not in signed or "x-amz-content-sha256" not in signed:
            return False
        if payload != hashlib.sha256(body).hexdigest() or scope.split("/")[0] != headers.get("x-amz-date", "")[:8]:
            return False
        at = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs(datetime.now(timezone.utc) - at) > timedelta(minutes=15):
            return False
        wanted = expected_signature(self.command, self.path, headers, scope, signed, payload)
        return hmac.compare_digest(wanted, fields.get("Signature", ""))

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_control/"):
            return self.control(body)
        with lock:
            counts["requests"] += 1
            counts["most_bytes"] = max(counts["most_bytes"], len(body))
        if not self.is_signed(body):
            return self.error(403, "SignatureDoesNotMatch")
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        _, bucket, *rest = urllib.parse.unquote(parts.path).split("/", 2)
        key = rest[0] if rest else ""
        if bucket != BUCKET:
            return self.error(404, "NoSuchBucket")
        if self.command == "PUT" and not released.is_set():
            with lock:
                counts["held"] += 1
            released.wait(60)
        with lock:
            for fault in faults:
                if fault["method"] == self.command and fault.get("query", "") in parts.query and fault["times"] > 0:
                    fault["times"] -= 1
                    return self.answer(fault["status"], fault.get("body", "<Error><Code>SlowDown</Code></Error>").encode())
            getattr(self, "on_" + self.command)(key, query, body)

    do_GET = do_PUT = do_POST = do_DELETE = serve

    def on_GET(self, key, query, _):
        if not key and "uploads" in query:
            found = "".join(
                f"<Upload><Key>{escape(upload['key'])}</Key><UploadId>{escape(name)}</UploadId>"
                f"<Initiated>{upload['at'].strftime('%Y-%m-%dT%H:%M:%S.000Z')}</Initiated></Upload>"
                for name, upload in uploads.items() if upload["key"].startswith(query.get("prefix", "")))
            return self.answer(200, f"<ListMultipartUploadsResult>{found}</ListMultipartUploadsResult>".encode())
        if not key:
            names = [name for name in sorted(objects, key=str.encode) if name.startswith(query["prefix"]) and name > query.get("start-after", "")]
            most = min(int(query["max-keys"]), 1000)
            lines = "".join(
                f"<Contents><Key>{escape(name)}</Key><ETag>&quot;{objects[name][1]}&quot;</ETag><Size>{len(objects[name][0])}</Size></Contents>"
                for name in names[:most])
            more = "true" if len(names) > most else "false"
            return self.answer(200, f"<ListBucketResult><IsTruncated>{more}</IsTruncated>{lines}</ListBucketResult>".encode())
        if key not in objects:
            return self.error(404, "NoSuchKey")
        data, etag = objects[key]
        if self.headers.get("If-Match") not in (None, f'"{etag}"'):
            return self.error(412, "PreconditionFailed")
        status, start, end = 200, 0, len(data)
        if self.headers.get("Range"):
            first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
            if not data or (first and int(first) >= len(data)):
                return self.error(416, "InvalidRange")
            start, end = (int(first), min(int(last or len(data)) + 1, len(data))) if first else (max(0, len(data) - int(last)), len(data))
            status = 206
        headers = [("ETag", f'"{etag}"'), ("Last-Modified", formatdate(usegmt=True))]
        if status == 206:
            headers.append(("Content-Range", f"bytes {start}-{end - 1}/{len(data)}"))
        return self.answer(status, data[start:end], headers)

    def on_PUT(self, key, query, body):
        etag = hashlib.md5(body).hexdigest()
        if "partNumber" in query:
            if query["uploadId"] not in uploads:
                return self.error(404, "NoSuchUpload")
            uploads[query["uploadId"]]["parts"][int(query["partNumber"])] = (body, etag)
        else:
            objects[key] = (body, etag)
        return self.answer(200, headers=[("ETag", f'"{etag}"')])

    def on_POST(self, key, query, body):
        if "uploads" in query:
            name = f"upload/{len(uploads)}+{hashlib.md5(key.encode()).hexdigest()}=="
            uploads[name] = {"key": key, "parts": {}, "at": datetime.now(timezone.utc)}
            return self.answer(200, f"<InitiateMultipartUploadResult><UploadId>{escape(name)}</UploadId></InitiateMultipartUploadResult>".encode())
        upload = uploads.get(query.get("uploadId"))
        if upload is None:
            return self.error(404, "NoSuchUpload")
        space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
        named = [(int(part.find(space + "PartNumber").text), part.find(space + "ETag").text.strip('"'))
                 for part in ElementTree.fromstring(body).iter(space + "Part")]
        if [(number, part[1]) for number, part in sorted(upload["parts"].items())] != named:
            return self.error(400, "InvalidPart")
        data = [upload["parts"][number][0] for number, _ in named]
        if any(len(part) < LEAST_PART for part in data[:-1]):
            return self.error(400, "EntityTooSmall")
        joined = b"".join(data)
        objects[key] = (joined, hashlib.md5(joined).hexdigest() + f"-{len(data)}")
        del uploads[query["uploadId"]]
        return self.answer(200, f"<CompleteMultipartUploadResult><ETag>&quot;{objects[key][1]}&quot;</ETag></CompleteMultipartUploadResult>".encode())

    def on_DELETE(self, key, query, _):
        if "uploadId" in query:
            if uploads.pop(query["uploadId"], None) is None:
                return self.error(404, "NoSuchUpload")
        else:
            objects.pop(key, None)
        return self.answer(204)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("listening on", server.server_address[1], flush=True)
server.serve_forever()
