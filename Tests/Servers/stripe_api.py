"""What Stripe keeps and answers, in the shapes of its reference (version 2024-06-20). `stripe_server.py` serves it."""
import json
import re
import threading
import time

KEY, SECRET = "sk_test_standin", "whsec_standin_secret_1"
MONTH = 30 * 86400
lock = threading.RLock()
released = threading.Condition(lock)
counter = [0]
customers, sessions, subscriptions, events, requests, answered = {}, {}, {}, [], [], {}
prices = {}
state = {"decline": False, "fail": 0, "lose": 0, "held": None, "waiting": 0, "ignored": []}


class Refusal(Exception):
    def __init__(self, status, kind, code, message, param=None):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message, "param": param}}


def invalid(param, message):
    return Refusal(400, "invalid_request_error", "parameter_invalid_empty", message, param)


def missing(what, name):
    return Refusal(404, "invalid_request_error", "resource_missing", f"No such {what}: '{name}'", "id")


def name(prefix):
    counter[0] += 1
    return f"{prefix}_standin{counter[0]:06d}"


def make_price(plan, amount, interval="month", currency="eur"):
    found = {
        "id": name("price"), "object": "price", "active": True, "currency": currency, "lookup_key": plan, "type": "recurring",
        "unit_amount": amount, "recurring": {"interval": interval, "interval_count": 1}, "product": name("prod"),
    }
    prices[found["id"]] = found
    return found


def emit(kind, thing):
    events.append({
        "id": name("evt"), "object": "event", "api_version": "2024-06-20", "created": int(time.time()), "livemode": False, "type": kind,
        "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None}, "data": {"object": json.loads(json.dumps(thing))},
    })


def make_subscription(customer, price, trial_end=None):
    now = int(time.time())
    made = {
        "id": name("sub"), "object": "subscription", "customer": customer, "status": "trialing" if trial_end else "active",
        "cancel_at_period_end": False, "canceled_at": None, "created": now, "current_period_start": now,
        "current_period_end": trial_end or now + MONTH, "trial_start": now if trial_end else None, "trial_end": trial_end, "livemode": False,
        "metadata": {}, "items": {"object": "list", "has_more": False, "data": [
            {"id": name("si"), "object": "subscription_item", "quantity": 1, "price": prices[price]}]},
    }
    subscriptions[made["id"]] = made
    return made


def invoice(subscription, paid, amount):
    return {
        "id": name("in"), "object": "invoice", "customer": subscription["customer"], "subscription": subscription["id"], "amount_due": amount,
        "currency": "eur", "status": "paid" if paid else "open", "paid": paid,
    }


# --- what Stripe does ---


def list_prices(form):
    keys = [value for key, value in form if key.startswith("lookup_keys")]
    found = [price for price in prices.values() if price["active"] and (not keys or price["lookup_key"] in keys)]
    return {"object": "list", "url": "/v1/prices", "has_more": False, "data": found}


def create_customer(form):
    fields = dict(form)
    made = {
        "id": name("cus"), "object": "customer", "name": fields.get("name"), "email": fields.get("email"), "livemode": False,
        "metadata": {key[9:-1]: value for key, value in form if key.startswith("metadata[")},
    }
    customers[made["id"]] = made
    emit("customer.created", made)
    return made


def delete_customer(customer):
    if customer not in customers:
        raise missing("customer", customer)
    for found in list(subscriptions.values()):
        if found["customer"] == customer and found["status"] != "canceled":
            cancel_subscription(found["id"])
    del customers[customer]
    return {"id": customer, "object": "customer", "deleted": True}


def create_session(form):
    fields = dict(form)
    for param in ["mode", "success_url", "line_items[0][price]", "customer"]:
        if param not in fields:
            raise invalid(param, f"Missing required param: {param}.")
    if fields["customer"] not in customers:
        raise missing("customer", fields["customer"])
    if fields["line_items[0][price]"] not in prices:
        raise missing("price", fields["line_items[0][price]"])
    trial_end = int(fields["subscription_data[trial_end]"]) if "subscription_data[trial_end]" in fields else None
    if trial_end and trial_end < time.time() + 48 * 3600:
        raise invalid("subscription_data[trial_end]", "The `trial_end` date has to be at least 2 days in the future.")
    made = {
        "id": name("cs_test"), "object": "checkout.session", "mode": fields["mode"], "customer": fields["customer"], "status": "open",
        "payment_status": "unpaid", "subscription": None, "client_reference_id": fields.get("client_reference_id"), "url": None,
        "expires_at": int(time.time()) + 86400, "success_url": fields["success_url"], "cancel_url": fields.get("cancel_url"), "livemode": False,
    }
    made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
    sessions[made["id"]] = dict(made, price=fields["line_items[0][price]"], trial=trial_end)
    return made


def shown(session):
    return {key: value for key, value in session.items() if key not in ("price", "trial")}


def expire_session(session_id):
    session = sessions.get(session_id)
    if session is None:
        raise missing("checkout.session", session_id)
    if session["status"] != "open":
        raise invalid("session", "Only Checkout Sessions with a status in [\"open\"] can be expired.")
    session.update(status="expired", url=None)
    emit("checkout.session.expired", shown(session))
    return shown(session)


def update_subscription(subscription_id, form):
    found = subscriptions.get(subscription_id)
    if found is None:
        raise missing("subscription", subscription_id)
    if found["status"] in ("canceled", "incomplete_expired"):
        raise invalid(None, "A canceled subscription can only update its cancellation_details and metadata.")
    fields = dict(form)
    item = found["items"]["data"][0]
    if "items[0][price]" in fields:
        if fields.get("items[0][id]") != item["id"]:
            raise invalid("items[0][id]", "No such subscription item")
        price = prices.get(fields["items[0][price]"])
        if price is None:
            raise missing("price", fields["items[0][price]"])
        difference = price["unit_amount"] - item["price"]["unit_amount"]
        if fields.get("proration_behavior") == "always_invoice" and difference > 0:
            if state["decline"] and fields.get("payment_behavior") == "error_if_incomplete":
                raise Refusal(402, "card_error", "card_declined", "Your card was declined.")
            left = (found["current_period_end"] - time.time()) / (found["current_period_end"] - found["current_period_start"])
            emit("invoice.paid", invoice(found, True, round(difference * left)))
        item["price"] = price
    if "cancel_at_period_end" in fields:
        found["cancel_at_period_end"] = fields["cancel_at_period_end"] == "true"
    emit("customer.subscription.updated", found)
    return found


def cancel_subscription(subscription_id):
    found = subscriptions.get(subscription_id)
    if found is None or found["status"] == "canceled":
        raise missing("subscription", subscription_id)
    found.update(status="canceled", canceled_at=int(time.time()), cancel_at_period_end=False)
    emit("customer.subscription.deleted", found)
    return found


def create_portal(form):
    customer = dict(form).get("customer")
    if customer not in customers:
        raise missing("customer", customer)
    made = name("bps")
    return {
        "id": made, "object": "billing_portal.session", "customer": customer, "url": f"https://billing.stripe.com/p/session/{made}",
        "return_url": dict(form).get("return_url"),
    }


def route(method, path, form):
    match = re.fullmatch(r"/v1/(customers|prices|checkout/sessions|subscriptions|billing_portal/sessions)(?:/(\w+))?(/expire)?", path)
    if not match:
        raise Refusal(404, "invalid_request_error", "url_invalid", f"Unrecognized request URL ({method}: {path}).")
    kind, thing, expire = match.groups()
    if kind == "prices" and method == "GET":
        return list_prices(form)
    if kind == "customers" and method == "POST" and not thing:
        return create_customer(form)
    if kind == "customers" and method == "DELETE" and thing:
        return delete_customer(thing)
    if kind == "billing_portal/sessions" and method == "POST":
        return create_portal(form)
    if kind == "checkout/sessions":
        if method == "POST" and not thing:
            return create_session(form)
        if method == "POST" and expire:
            return expire_session(thing)
        if method == "GET" and thing in sessions:
            return shown(sessions[thing])
        raise missing("checkout.session", thing)
    if kind == "subscriptions" and thing:
        if method == "POST":
            return update_subscription(thing, form)
        if method == "DELETE":
            return cancel_subscription(thing)
        if thing in subscriptions:
            return subscriptions[thing]
    raise missing(kind, thing)
