"""Recomputes a public result of an evaluation from its published numbers alone, with exact fractions."""

import json
import sys
from fractions import Fraction

WORTH = {"very_dissatisfied": 0, "dissatisfied": 25, "neutral": 50, "satisfied": 75, "very_satisfied": 100}


def fraction(text):
    return None if text is None else Fraction(text)


def two_places(value):
    """Half up, by whole numbers only."""
    hundredths = (value * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}"


def satisfaction(survey):
    """From the counts where they are shown; below five answers from the exact figure."""
    if not survey or not survey["answers"]:
        return None
    if survey["counts"] is None:
        return fraction(survey["exact"])
    assert sum(survey["counts"].values()) == survey["answers"], "answers"
    return Fraction(sum(WORTH[step] * n for step, n in survey["counts"].items()), survey["answers"])


def party(one, asked):
    own = fraction(one["sheets_mean"])
    if one["survey"] == "alone":
        return asked
    return (own + asked) / 2 if one["survey"] == "half" and asked is not None else own


def grade(total, residents, shown):
    if shown["vetoes"] or shown["report_missing"]:
        return "fail"
    low = "basic_pass" if shown["basic_pass"] and total < 70 else "pass"
    reached = "excellent" if total >= 90 else "good" if total >= 80 else low if total >= 60 else "fail"
    return "pass" if residents < 60 and reached in ("excellent", "good") else reached


def main():
    shown = json.load(sys.stdin)
    asked = satisfaction(shown["survey"])
    scores = {one["party"]: party(one, asked) for one in shown["party_scores"]}
    weights = sum(one["weight"] for one in shown["party_scores"])
    total = sum(Fraction(one["weight"], weights) * scores[one["party"]] for one in shown["party_scores"])
    rounded = two_places(total)
    wrong = [one["party"] for one in shown["party_scores"]
             if scores[one["party"]] != fraction(one["exact"]) or two_places(scores[one["party"]]) != one["score"]]
    if shown["survey"] and asked != fraction(shown["survey"]["exact"]):
        wrong.append("satisfaction")
    if weights + sum(one["weight"] for one in shown["reduced_parties"]) != 100:
        wrong.append("weights")
    if total != fraction(shown["exact_total"]) or rounded != shown["total"]:
        wrong.append("total")
    if grade(Fraction(rounded), scores["residents"], shown) != shown["grade"]:
        wrong.append("grade")
    if shown["rectification_advised"] != (scores["residents"] < 60 or shown["grade"] == "basic_pass"):
        wrong.append("rectification_advised")
    print("wrong: " + ", ".join(wrong) if wrong else "ok")


main()
