#!/usr/bin/python3
"""Providers of news, weather, places and rates for the suites, in their documented shapes: prints "listening on PORT".

usage: provider_server.py [CERTIFICATE KEY]   (with them it speaks TLS, with Python's own defaults)

  /api/v2/doc/doc                GDELT 2.0 DOC API: mode=artlist (JSON, CSV), timelinevol
  /v1/forecast, /v1/archive      Open-Meteo: one place, or several as an array
  /searchJSON, /getJSON, /findNearbyPlaceNameJSON    GeoNames
  /v4/latest/USD                 exchangerate-api v4
  /json/items?page=1             generic JSON, pages of two, `next` as a relative path; /json/deep, /json/types
  /csv/sales.csv, /csv/semicolon.csv                 generic CSV
  /spreadsheets/d/ID/export?format=csv&gid=0         as Google Sheets: a redirect to the file; ID `private` leads to a sign-in page
  /bytes?count=1000000           so many bytes of text, sent bit by bit
  /echo                          method, path, headers and body of the request, as JSON
  /fault/NAME                    see FAULTS in provider_faults.py; /fault/status/503?retry_after=1 is any status
  /cached?etag=X&max_age=60&last_modified=1&vary=1   validators and lifetimes; answers 304 where they still hold

The test plays the rest of the world by POSTs of JSON below /_control:
  /_control/answer {"path": prefix, "status", "headers": {}, "body", "times": 1, "after_s": 0}   what the next requests below a path get instead
  /_control/fault {"path": prefix, "name": of a fault, "times": 1}
  /_control/requests     every request so far: method, path, headers, body, time
  /_control/clear        forgets requests and answers
"""
import json
import ssl
import sys
import threading
import time
import urllib.parse
import zlib
from datetime import date, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True
from provider_faults import FAULTS  # noqa: E402

lock = threading.Lock()
requests = []
scripted = []  # {"path", "times", and "fault" or an answer}
most_at_once = {"now": 0, "most": 0}

PLACES = [
    (2950159, "Berlin", "DE", "Germany", "State of Berlin", 52.52437, 13.41053, 3426354, "PPLC", "capital of a political entity"),
    (2867714, "Munich", "DE", "Germany", "Bavaria", 48.13743, 11.57549, 1260391, "PPLA", "seat of a first-order administrative division"),
    (2988507, "Paris", "FR", "France", "Île-de-France", 48.85341, 2.3488, 2138551, "PPLC", "capital of a political entity"),
    (4717560, "Paris", "US", "United States", "Texas", 33.66094, -95.55551, 24171, "PPLA2", "seat of a second-order administrative division"),
    (2657896, "Zürich", "CH", "Switzerland", "Zurich", 47.36667, 8.55, 341730, "PPLA", "seat of a first-order administrative division"),
]
RATES = {"USD": 1, "EUR": 0.92, "GBP": 0.79, "CHF": 0.87, "JPY": 148.35, "INR": 83.12, "BHD": 0.376}
ARTICLES = [
    ("https://news.example.com/markets/coffee-prices-rise", "Coffee prices rise for a third week", "English", "United States"),
    ("https://news.example.com/markets/coffee-prices-rise?utm_source=feed", "Coffee prices rise for a third week ", "English", "United States"),
    ("https://zeitung.example.de/wirtschaft/kaffee", "Kaffeepreise steigen &amp; Röster warnen", "German", "Germany"),
    ("https://journal.example.fr/economie/cafe", "Le prix du café s'envole", "French", "France"),
    ("https://daily.example.org/retail/openings", "Two shops open on Main Street - Daily Example", "English", "United Kingdom"),
]


def day(text, fallback):
    return date.fromisoformat(text) if text else fallback


def value(name, place, index):
    """A number for a variable of the weather, the same for the same place and hour."""
    base = zlib.crc32(f"{name} {place:.2f}".encode()) % 200 / 10
    return round(base + index % 24 / 4, 1)


UNITS = {"temperature": "°C", "precipitation": "mm", "rain": "mm", "wind_speed": "km/h", "humidity": "%", "weather_code": "wmo code"}


def unit(name):
    return next((unit for part, unit in UNITS.items() if part in name), "")


def series(names, times, place):
    columns = {"time": times}
    for name in names:
        columns[name] = [value(name, place, index) for index in range(len(times))]
    return {"time": "iso8601", **{name: unit(name) for name in names}}, columns


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    def log_message(self, *_):
        pass

    # What is asked

    def read(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_GET(self):
        body = self.read()
        url = urllib.parse.urlsplit(self.path)
        self.query = {name: values[-1] for name, values in urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
        if url.path.startswith("/_control/"):
            return self.control(url.path.removeprefix("/_control/"), json.loads(body or b"{}"))
        with lock:
            requests.append({
                "method": self.command, "path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode("utf-8", "replace"), "time": time.time(), "client": self.client_address[1]})
            most_at_once["now"] += 1
            most_at_once["most"] = max(most_at_once["most"], most_at_once["now"])
            answer = next((row for row in scripted if self.path.startswith(row["path"])), None)
            if answer:
                answer["times"] -= 1
                if answer["times"] <= 0:
                    scripted.remove(answer)
        try:
            if answer and "fault" in answer:
                return self.fault(answer["fault"])
            if answer:
                time.sleep(answer.get("after_s", 0))
                text = answer.get("body", "")
                text = text if isinstance(text, str) else json.dumps(text)
                return self.answer(answer.get("status", 200), text, headers=answer.get("headers", {}).items())
            return self.route(url.path, body)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True
        finally:
            with lock:
                most_at_once["now"] -= 1

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    def control(self, name, fields):
        with lock:
            if name == "answer":
                scripted.append({"times": 1, **fields})
            elif name == "fault":
                scripted.append({"times": 1, **fields, "fault": fields["name"]})
            elif name == "clear":
                requests.clear()
                scripted.clear()
                most_at_once.update(now=0, most=0)
            result = {"requests": list(requests), "most_at_once": most_at_once["most"]} if name == "requests" else {}
        self.json(result)

    # Answers

    def answer(self, status, body=b"", kind="application/json", headers=()):
        body = body.encode() if isinstance(body, str) else body
        headers = list(headers)
        self.send_response(status)
        if not any(name.lower() == "content-type" for name, _ in headers):
            self.send_header("Content-Type", kind)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

    def json(self, document, status=200, headers=()):
        self.answer(status, json.dumps(document, ensure_ascii=False), "application/json; charset=utf-8", headers)

    def route(self, path, body):
        if path.startswith("/fault/"):
            return self.fault(path.removeprefix("/fault/"))
        if path.startswith("/v4/latest/"):
            return self.rates(path.removeprefix("/v4/latest/"))
        if path.startswith("/spreadsheets/d/"):
            return self.sheet(path.split("/")[3])
        match path:
            case "/api/v2/doc/doc": return self.gdelt()
            case "/v1/forecast" | "/v1/archive": return self.weather(path == "/v1/archive")
            case "/searchJSON" | "/getJSON" | "/findNearbyPlaceNameJSON": return self.places(path)
            case "/json/items": return self.items()
            case "/json/deep": return self.json({"data": {"stores": [{"name": "North", "sales": [{"day": "2026-01-01", "amount": "1,234.50"}]}]}})
            case "/json/types": return self.json({"rows": [{"day": "2026-01-01", "amount": 1}, {"day": 7, "amount": "much"}, {"amount": None}, 3]})
            case "/csv/sales.csv": return self.answer(200, "day,store,amount\n2026-01-01,North,10.5\n2026-01-02,North,11\n", "text/csv; charset=utf-8")
            case "/csv/semicolon.csv":
                return self.answer(200, "Datum;Filiale;Umsatz\n01.02.2026;Köln;1.234,50\n".encode("cp1252"), "text/csv; charset=windows-1252")
            case "/bytes": return self.bytes(int(self.query["count"]))
            case "/sheets/file": return self.answer(
                200, "Day,Amount\r\n2026-01-01,5\r\n2026-01-02,6\r\n", "text/csv", [("Content-Disposition", 'attachment; filename="Sheet1.csv"')])
            case "/sign-in": return self.answer(200, "<!doctype html><title>Sign in</title><form></form>", "text/html; charset=utf-8")
            case "/echo": return self.json({
                "method": self.command, "path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode("utf-8", "replace")})
            case "/cached": return self.cached()
        self.json({"error": "no such page"}, 404)

    # Providers

    def gdelt(self):
        query, mode = self.query.get("query", ""), self.query.get("mode", "artlist").lower()
        # It says what is wrong as text, with status 200.
        if len(query.replace('"', "").strip()) < 3:
            return self.answer(200, "Your search contained a keyword that was too short, too long or too common.\n", "text/html; charset=utf-8")
        seen = datetime.now(timezone.utc).replace(minute=15, second=0, microsecond=0)
        if mode.startswith("timeline"):
            rows = [{"date": (seen - timedelta(hours=hour)).strftime("%Y%m%dT%H%M%SZ"), "value": hour / 100} for hour in range(24, 0, -1)]
            return self.json({"query_details": {"title": query, "date_resolution": "hour"}, "timeline": [{"series": "Volume Intensity", "data": rows}]})
        if "nothing" in query:
            return self.answer(200, "{}", "application/json; charset=utf-8")
        rows = []
        for index, (url, title, language, country) in enumerate(ARTICLES):
            rows.append({
                "url": url, "url_mobile": "", "title": title, "seendate": (seen - timedelta(hours=index)).strftime("%Y%m%dT%H%M%SZ"),
                "socialimage": "", "domain": urllib.parse.urlsplit(url).netloc, "language": language, "sourcecountry": country})
        rows = rows[: int(self.query.get("maxrecords", 75))]
        if self.query.get("format", "html").lower() == "csv":
            lines = ["URL,MobileURL,Date,Title"] + [f'{row["url"]},,{row["seendate"]},"{row["title"]}"' for row in rows]
            return self.answer(200, "\n".join(lines) + "\n", "text/csv; charset=utf-8")
        self.json({"articles": rows})

    def weather(self, is_archive):
        def wrong(reason):
            self.json({"error": True, "reason": reason}, 400)

        try:
            places = list(zip(*[[float(part) for part in self.query[name].split(",")] for name in ("latitude", "longitude")], strict=True))
        except KeyError as error:
            return wrong(f"Value of type 'Array<Float>' required for key {error}.")
        except ValueError:
            return wrong("Parameter 'latitude' and 'longitude' must have the same number of elements")
        for latitude, longitude in places:
            if not -90 <= latitude <= 90:
                return wrong(f"Latitude must be in range of -90 to 90°. Given: {latitude}.")
            if not -180 <= longitude <= 180:
                return wrong(f"Longitude must be in range of -180 to 180°. Given: {longitude}.")
        today = datetime.now(timezone.utc).date()
        if is_archive and not {"start_date", "end_date"} <= self.query.keys():
            return wrong("Value of type 'String' required for key 'start_date'.")
        first = day(self.query.get("start_date"), today)
        last = day(self.query.get("end_date"), first + timedelta(days=int(self.query.get("forecast_days", 7)) - 1))
        if last < first:
            return wrong("End-date must be larger or equals than start-date.")
        days = [first + timedelta(days=index) for index in range((last - first).days + 1)]
        answers = []
        for index, (latitude, longitude) in enumerate(places):
            answer = {
                "latitude": round(latitude, 2), "longitude": round(longitude, 2), "generationtime_ms": 0.05, "utc_offset_seconds": 0,
                "timezone": self.query.get("timezone", "GMT").replace("auto", "GMT"), "timezone_abbreviation": "GMT", "elevation": 38.0}
            if index:
                answer["location_id"] = index
            if names := [name for name in self.query.get("hourly", "").split(",") if name]:
                times = [f"{day}T{hour:02}:00" for day in days for hour in range(24)]
                answer["hourly_units"], answer["hourly"] = series(names, times, latitude)
            if names := [name for name in self.query.get("daily", "").split(",") if name]:
                answer["daily_units"], answer["daily"] = series(names, [str(day) for day in days], latitude)
            answers.append(answer)
        self.json(answers if len(answers) > 1 else answers[0])

    def places(self, path):
        def status(value, message, code=200):
            self.json({"status": {"message": message, "value": value}}, code)

        user = self.query.get("username")
        if not user:
            return status(10, "Please add a username to each call in order for geonames to be able to identify the calling application", 401)
        if user == "unknown":
            return status(10, "user does not exist.", 401)
        if user == "spent":
            return status(19, "the hourly limit of 1000 credits for spent has been exceeded. Please throttle your requests or use the commercial service.")
        rows = [{
            "adminCode1": "00", "lng": str(row[6]), "geonameId": row[0], "toponymName": row[1], "fcl": "P", "population": row[7],
            "countryCode": row[2], "name": row[1], "fclName": "city, village,...", "countryName": row[3], "fcodeName": row[9],
            "adminName1": row[4], "lat": str(row[5]), "fcode": row[8]} for row in PLACES]
        if path == "/getJSON":
            found = next((row for row in rows if str(row["geonameId"]) == self.query.get("geonameId")), None)
            return self.json(found) if found else status(15, "the geoname feature does not exist")
        if path == "/findNearbyPlaceNameJSON":
            try:
                at = float(self.query["lat"]), float(self.query["lng"])
            except (KeyError, ValueError):
                return status(14, "missing parameter lat or lng")
            row = min(rows, key=lambda row: (float(row["lat"]) - at[0]) ** 2 + (float(row["lng"]) - at[1]) ** 2)
            return self.json({"geonames": [{**row, "distance": "1.5"}]})
        wanted = (self.query.get("q") or self.query.get("name") or self.query.get("name_equals") or "").lower()
        if not wanted:
            return status(14, "missing parameter q, name, name_equals")
        country = self.query.get("country")
        rows = [row for row in rows if row["name"].lower() in wanted or wanted in row["name"].lower()]
        rows = [row for row in rows if country in (None, row["countryCode"])]
        self.json({"totalResultsCount": len(rows), "geonames": rows[: int(self.query.get("maxRows", 100))]})

    def rates(self, base):
        if base not in RATES:
            return self.json({"result": "error", "error_type": "unsupported_code"}, 404)
        today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=1, microsecond=0)
        self.json({
            "provider": "https://www.exchangerate-api.com", "WARNING_UPGRADE_TO_V6": "https://www.exchangerate-api.com/docs/free",
            "terms": "https://www.exchangerate-api.com/terms", "base": base, "date": str(today.date()), "time_last_updated": int(today.timestamp()),
            "rates": {name: round(rate / RATES[base], 6) for name, rate in RATES.items()}})

    def items(self):
        page = int(self.query.get("page", 1))
        rows = [{"id": index, "day": f"2026-01-{index:02}", "amount": index * 1.5, "store": {"name": "North"}} for index in (page * 2 - 1, page * 2)]
        self.json({"items": rows, "page": page, "next": f"/json/items?page={page + 1}" if page < 3 else None})

    def sheet(self, key):
        if key == "private":
            return self.answer(302, headers=[("Location", "/sign-in")])
        if key == "missing":
            return self.answer(404, "<!doctype html><title>Page Not Found</title>", "text/html; charset=utf-8")
        self.answer(307, headers=[("Location", "/sheets/file")])

    def bytes(self, count):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(count))
        self.end_headers()
        part = b"0123456789abcdef" * 4096
        while count > 0:
            self.wfile.write(part[:count])
            count -= len(part)

    def cached(self):
        headers = []
        tag = f'"{self.query["etag"]}"' if "etag" in self.query else None
        changed = "Thu, 01 Jan 2026 00:00:00 GMT" if "last_modified" in self.query else None
        headers += [("ETag", tag)] if tag else []
        headers += [("Last-Modified", changed)] if changed else []
        headers += [("Cache-Control", f'max-age={self.query["max_age"]}')] if "max_age" in self.query else []
        headers += [("Cache-Control", self.query["control"])] if "control" in self.query else []
        headers += [("Vary", "Accept")] if "vary" in self.query else []
        holds = (tag and self.headers.get("If-None-Match") == tag) or (not tag and changed and self.headers.get("If-Modified-Since") == changed)
        self.answer(304 if holds else 200, b"" if holds else json.dumps({"at": time.time()}), headers=headers)

    def fault(self, name):
        """One of the faults; `status/503` with `?retry_after=…` is any status."""
        if name.startswith("status/"):
            wait = self.query.get("retry_after")
            return self.json({"error": "no"}, int(name.removeprefix("status/")), [("Retry-After", wait)] if wait else [])
        act = FAULTS.get(name)
        if act is None:
            return self.json({"error": "no such fault"}, 404)
        act(self)


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, request, address):
        pass


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()
