"""When a match is sure enough: the one place for the bands, as calibrated probabilities 0..1.

Chosen by `python tools/train_ranker.py`, leaving one question set out at a time (docs/matching.md).
"""

ANSWER = 0.84
"""At or above: told as the answer, if the next entry leaves `MARGIN`."""

OPTIONS = 0.35
"""At or above (and not an answer): offered by number. Below: refused."""

MARGIN = 0.10
"""Least distance to the second entry for an answer; closer ones are offered together."""
