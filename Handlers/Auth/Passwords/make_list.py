#!/usr/bin/env python3
"""Writes CommonPasswords.swift from the list of common passwords in the package zxcvbn (PyPI, MIT licence): make_list.py FREQUENCY_LISTS.py

Kept are those of at least eight code points after folding case, the most common first in rank but sorted in the file. For the longer minimum of
passwords without a second factor the two thousand most common ones that hold a letter are added as people lengthen them: written two, three or four times,
until they have 15 code points.
"""

import runpy
import sys

SHORTEST, LONGEST_MINIMUM, LENGTHENED = 8, 15, 2000

ranked = [word.lower() for word in runpy.run_path(sys.argv[1])["FREQUENCY_LISTS"]["passwords"]]
words = {word for word in ranked if len(word) >= SHORTEST}
for word in [word for word in ranked if any(c.isalpha() for c in word)][:LENGTHENED]:
    times = next((times for times in (2, 3, 4) if len(word) * times >= LONGEST_MINIMUM), None)
    if times:
        words.add(word * times)
words = {word for word in words if word.isascii() and word.isprintable() and '"' not in word and "\\" not in word and " " not in word}

ordered = sorted(words, key=lambda word: word.encode())
print("/// Common passwords in lower case, sorted by their bytes; see COMMON-PASSWORDS.md for source and licence.")
print("enum CommonPasswords {")
print("    // swift-format-ignore")
print('    static let words: StaticString = #"""')
for start in range(0, len(ordered), 36):
    print(" ".join(ordered[start : start + 36]))
print('"""#')
print("}")
