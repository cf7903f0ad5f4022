"""Recomputes totals, means, ranks and tie-breaks from raw score sheets, with exact fractions.

Reads {"trim_from", "sets": [{"seed", "bids": [{"id", "price_fen", "grade", "sheets": [{key: points}]}],
"ours": [{"id", "total", "rank", "tie_break", "rounded", "means": {key: text}}]}]} on its standard input.
Prints "ok N" for N sets that agree, or the first that does not. Nothing of the service is used here.
"""

import hashlib
import json
import sys
from fractions import Fraction

STEPS = ("plan", "sustainability", "price", "grade", "lot")


def total(sheets, trim_from):
    totals = sorted(sum(sheet.values()) for sheet in sheets)
    if len(totals) >= max(trim_from, 3):
        totals = totals[1:-1]
    return Fraction(sum(totals), len(totals))


def means(sheets):
    return {key: Fraction(sum(sheet[key] for sheet in sheets), len(sheets)) for key in sheets[0]}


def exact(value):
    return f"{value.numerator}/{value.denominator}"


def two_places(value):
    """Half up, by whole numbers only."""
    hundredths = (value * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}"


def keys(bid, seed):
    mean = means(bid["sheets"])
    lot = hashlib.sha256((seed + bid["id"]).encode()).hexdigest()
    # the smaller comes first
    return (-mean["plan"], -mean["sustainability"], bid["price_fen"], -bid["grade"], lot)


def decided(one, other):
    """The step that stands between two bids with the same total."""
    return next(name for name, a, b in zip(STEPS, one, other) if a != b)


def ranking(of, trim_from):
    rows = [(-total(bid["sheets"], trim_from), keys(bid, of["seed"]), bid) for bid in of["bids"]]
    rows.sort(key=lambda row: row[:2])
    out = []
    for place, (minus, own, bid) in enumerate(rows):
        near = [rows[place - 1]] if place else []
        near += rows[place + 1 : place + 2]
        equal = [row for row in near if row[0] == minus]
        out.append(
            {
                "id": bid["id"],
                "rank": place + 1,
                "total": exact(-minus),
                "rounded": two_places(-minus),
                "tie_break": decided(own, equal[0][1]) if equal else None,
                "means": {key: exact(value) for key, value in means(bid["sheets"]).items()},
            }
        )
    return out


def main():
    given = json.load(sys.stdin)
    for number, one in enumerate(given["sets"]):
        expected = ranking(one, given["trim_from"])
        if expected != one["ours"]:
            print(f"set {number}: {expected} is not {one['ours']}")
            return
    print("ok", len(given["sets"]))


main()
