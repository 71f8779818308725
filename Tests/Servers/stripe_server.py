#!/usr/bin/python3
"""Stripe for the suites, in the shapes of its reference (version 2024-06-20): prints "listening on PORT".

It keeps customers, prices, checkout sessions, subscriptions and portal sessions, checks keys and parameters, and answers a request that comes again
with its Idempotency-Key as before. Below /_control the test plays the rest of the world: it pays, lets time pass, declines cards, takes the server
down, and has events sent, late, twice, in another order, or forged.
"""
import hashlib
import hmac
import http.client
import json
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True
from stripe_api import (  # noqa: E402
    KEY, MONTH, SECRET, Refusal, answered, cancel_subscription, customers, emit, events, invalid, invoice, lock, make_price,
    make_subscription, name, prices, released, requests, route, sessions, shown, state, subscriptions)


def pay(fields):
    session = sessions[fields["session"]]
    if session["status"] != "open" and "force" not in fields:
        raise invalid("session", "not open")
    made = make_subscription(session["customer"], session["price"], session["trial"])
    session.update(status="complete", payment_status="paid", subscription=made["id"], url=None)
    # The order in which they are sent is not promised.
    emit("customer.subscription.created", made)
    emit("checkout.session.completed", shown(session))
    emit("invoice.paid", invoice(made, True, made["items"]["data"][0]["price"]["unit_amount"]))
    return made


def renew(fields):
    found = subscriptions[fields["subscription"]]
    if found["cancel_at_period_end"]:
        return cancel_subscription(found["id"])
    found.update(current_period_start=found["current_period_end"], current_period_end=found["current_period_end"] + MONTH, status="active")
    emit("customer.subscription.updated", found)
    emit("invoice.paid", invoice(found, True, found["items"]["data"][0]["price"]["unit_amount"]))
    return found


def set_subscription(fields):
    found = subscriptions[fields["subscription"]]
    for key, value in fields.items():
        if key == "plan":
            found["items"]["data"][0]["price"] = next(price for price in prices.values() if price["lookup_key"] == value)
        elif key == "customer":
            found["customer"] = value
        elif key == "status":
            found["status"] = value
        elif key == "cancel_at_period_end":
            found[key] = value == "true"
    emit("customer.subscription.deleted" if found["status"] == "canceled" else "customer.subscription.updated", found)
    return found


def signature(body, fields):
    at = int(time.time()) - int(fields.get("age", 0))
    mac = hmac.new(fields.get("secret", SECRET).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def send(port, body, header):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/api/v1/billing/webhooks/stripe", body, {
        "content-type": "application/json; charset=utf-8", "stripe-signature": header, "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"})
    status = connection.getresponse().status
    connection.close()
    return status


def deliver(fields):
    """Sends events to the gateway at `port`: those from `from` on whose type begins with `type`; `order`: reverse; `copies`; `parallel`; `age` in
    seconds; `secret`; `tamper`: the body is changed behind its signature; `unsigned`."""
    with lock:
        chosen = [event for event in events[int(fields.get("from", 0)):] if event["type"].startswith(fields.get("type", ""))]
    if fields.get("order") == "reverse":
        chosen.reverse()
    jobs = []
    for event in chosen:
        body = json.dumps(event).encode()
        header = signature(body, fields)
        if "tamper" in fields:
            body = body.replace(b'"livemode": false', b'"livemode":  true')
        jobs += [(event, body, "" if "unsigned" in fields else header)] * int(fields.get("copies", 1))
    statuses = [0] * len(jobs)

    def one(index):
        statuses[index] = send(int(fields["port"]), jobs[index][1], jobs[index][2])

    if "parallel" in fields:
        threads = [threading.Thread(target=one, args=(index,)) for index in range(len(jobs))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        for index in range(len(jobs)):
            one(index)
    return {"sent": [{"id": job[0]["id"], "type": job[0]["type"], "status": status} for job, status in zip(jobs, statuses)]}


def control(path, fields, body):
    if path == "deliver":
        return deliver(fields)
    if path == "raw":
        return {"status": send(int(fields["port"]), body, signature(body, fields))}
    with lock:
        if path == "pay":
            return pay(fields)
        if path == "renew":
            return renew(fields)
        if path == "set":
            return set_subscription(fields)
        if path == "price":
            for price in prices.values():
                if price["lookup_key"] == fields["plan"]:
                    price["active"] = False
            return make_price(fields["plan"], int(fields["amount"]))
        if path == "state":
            for key in ("fail", "lose"):
                state[key] = int(fields.get(key, state[key]))
            state["decline"] = fields.get("decline", str(state["decline"])) == "True"
            if "hold" in fields:
                state["held"] = fields["hold"]
            if "release" in fields:
                state["held"] = None
                released.notify_all()
            return {"waiting": state["waiting"]}
        if path == "all":
            return {
                "requests": requests, "events": events, "customers": list(customers.values()), "subscriptions": list(subscriptions.values()),
                "sessions": [shown(session) for session in sessions.values()], "waiting": state["waiting"],
            }
    raise Refusal(404, "control", "unknown", path)


class Stripe(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("request-id", name("req"))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def serve(self):
        self.close_connection = True
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            if url.path.startswith("/_control/"):
                return self.answer(control(url.path[10:], dict(urllib.parse.parse_qsl(url.query)), body))
            self.answer(self.stripe(url, body))
        except Refusal as refusal:
            self.answer(refusal.body, refusal.status)
        except ConnectionAbortedError:
            pass

    def stripe(self, url, body):
        form = urllib.parse.parse_qsl(url.query if self.command == "GET" else body.decode(), keep_blank_values=True)
        with lock:
            requests.append({"method": self.command, "path": url.path, "form": dict(form), "key": self.headers.get("idempotency-key")})
            if self.headers.get("authorization") != f"Bearer {KEY}":
                raise Refusal(401, "invalid_request_error", None, "Invalid API Key provided: sk_test_****")
            if self.headers.get("stripe-version") != "2024-06-20":
                raise Refusal(400, "invalid_request_error", None, "Invalid Stripe API version")
            if state["held"] and url.path.startswith(state["held"]) and self.command != "GET":
                state["waiting"] += 1
                while state["held"]:
                    released.wait()
                state["waiting"] -= 1
            if state["fail"]:
                state["fail"] -= 1
                raise Refusal(500, "api_error", None, "An error occurred on our side")
            key = self.headers.get("idempotency-key")
            mark = (self.command, url.path, tuple(form))
            if self.command != "GET" and key in answered:
                before, refusal, found = answered[key]
                if before != mark:
                    raise Refusal(400, "idempotency_error", None, "Keys for idempotent requests can only be used with the same parameters")
                if refusal:
                    raise refusal
                return found
            refusal, found = None, None
            try:
                found = route(self.command, url.path, form)
            except Refusal as raised:
                refusal = raised
            if self.command != "GET" and key:
                answered[key] = (mark, refusal, json.loads(json.dumps(found)))
            if state["lose"] and self.command != "GET":
                # It was done, but nobody hears of it.
                state["lose"] -= 1
                self.connection.close()
                raise ConnectionAbortedError
            if refusal:
                raise refusal
            return found

    do_GET = do_POST = do_DELETE = serve

    def log_message(self, *arguments):
        pass


make_price("pro", 4900)
make_price("enterprise", 49900)
make_price("other_product", 100)
server = ThreadingHTTPServer(("127.0.0.1", 0), Stripe)
server.daemon_threads = True
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
