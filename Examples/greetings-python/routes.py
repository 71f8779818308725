"""What a handler serves: methods, paths, scopes and inputs, checked before a route runs."""

import json
import urllib.parse

from errors import Failure


class Routes:
    """What the handler serves: methods, paths, scopes, inputs."""

    def __init__(self):
        self.entries = []

    def add(self, method, path, scope, fields=None, *, writes=False, status=200, body="none", limit=1 << 20):
        """Declares a route; the decorated function takes the invocation and its checked input."""

        def keep(function):
            self.entries.append((method, path, scope, fields or {}, writes, status, body, limit, function))
            return function

        return keep

    def description(self):
        routes = []
        for method, path, scope, fields, writes, status, body, limit, function in self.entries:
            properties = {name: {"type": "integer" if kind is int else "string"} for name, (kind, _, _) in fields.items()}
            schema = {"type": "object", "properties": properties, "required": [name for name, field in fields.items() if field[2] is None]}
            routes.append({
                "method": method, "path": path, "summary": function.__doc__ or "", "access": {"kind": "bearer", "scope": scope},
                "writes": writes, "body": body, "body_limit": limit if body != "none" else 0, "status": status,
                "input_schema": json.dumps(schema) if fields else "", "output_schema": "",
            })  # fmt: skip
        return {"routes": routes, "feeds": []}

    def handle(self, invocation):
        if invocation.head.route is None or invocation.head.route >= len(self.entries) or invocation.head.scope != "t":
            raise Failure("INTERNAL_ERROR")
        method, path, scope, fields, writes, status, body, limit, function = self.entries[invocation.head.route]
        return status, function(invocation, self.input(invocation, path, fields, body))

    @staticmethod
    def input(invocation, path, fields, body):
        """Path, query and JSON body together, checked: every fault is named at once."""
        given = dict(urllib.parse.parse_qsl(invocation.head.query, keep_blank_values=True))
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        given.update(zip(names, invocation.head.parameters))
        from_text = set(given)
        if body == "json":
            try:
                value = json.loads(b"".join(invocation.body()) or b"{}")
            except ValueError as error:
                raise Failure("BAD_REQUEST", "The body is not JSON") from error
            if not isinstance(value, dict):
                raise Failure("VALIDATION_ERROR", issues=[("body", "expected an object")])
            given.update(value)
        issues, checked = [], {}
        for name in given.keys() - fields.keys():
            issues.append((name, "unknown; expected one of " + ", ".join(fields) if fields else "unknown; nothing is read here"))
        for name, (kind, most, default) in fields.items():
            value = given.get(name, default)
            if kind is int and name in from_text:
                try:
                    value = int(value)
                except ValueError:
                    pass
            if value is None:
                issues.append((name, "required"))
            elif type(value) is not kind:
                issues.append((name, "expected a whole number" if kind is int else "expected a text"))
            elif kind is int and not 0 <= value <= most:
                issues.append((name, f"expected 0 to {most}"))
            elif kind is str and not 1 <= len(value) <= most:
                issues.append((name, f"expected 1 to {most} characters"))
            checked[name] = value
        if issues:
            raise Failure("VALIDATION_ERROR", issues=sorted(issues))
        return checked
