"""What goes wrong, in the words of the product's table of codes."""

import json
import os

# What a caller is told for what the database reports; everything else is an internal error.
SQLSTATES = {
    "23505": "CONFLICT", "23503": "CONFLICT", "40001": "CONFLICT", "40P01": "CONFLICT", "55P03": "CONFLICT", "23502": "VALIDATION_ERROR",
    "23514": "VALIDATION_ERROR", "22001": "VALIDATION_ERROR", "22003": "VALIDATION_ERROR", "22P02": "VALIDATION_ERROR", "42501": "FORBIDDEN",
    "57014": "DEADLINE_EXCEEDED", "57P01": "UNAVAILABLE", "53300": "UNAVAILABLE", "28000": "UNAVAILABLE",
}  # fmt: skip
MESSAGES = {
    "CONFLICT": "This conflicts with what is already there", "VALIDATION_ERROR": "Invalid input data", "FORBIDDEN": "Your role does not allow this",
    "DEADLINE_EXCEEDED": "The answer took too long", "UNAVAILABLE": "Not available right now; try again soon", "CANCELLED": "The caller went away",
    "INTERNAL_ERROR": "Something went wrong on our side", "NOT_FOUND": "Nothing is here",
}  # fmt: skip
# Why nobody waits any more, by the number of the cancel frame.
REASONS = {1: "CANCELLED", 2: "DEADLINE_EXCEEDED", 3: "FORBIDDEN", 4: "UNAVAILABLE"}


class Failure(Exception):
    """An error in the words that the caller may read."""

    def __init__(self, code, words=None, issues=()):
        super().__init__(code)
        self.code, self.words, self.issues = code, words or MESSAGES.get(code, code), list(issues)


def log(level, message, **metadata):
    """A JSON object a line on standard error; never a value of a tenant."""
    line = json.dumps({"level": level, "message": message, **metadata}) + "\n"
    os.write(2, line.encode())
