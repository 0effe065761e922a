"""A 技能 pass and the exam it is to serve for: it counts in its own year and the next (全国-通则). Pure."""

from __future__ import annotations

from dataclasses import dataclass

YEARS = 2


@dataclass(frozen=True)
class Pass:
    """year: passed in · exam: the year asked about, else that of the next exam.

    ahead: that year is still to come · elsewhere: it was no 国家基地, whose passes alone count twice · said: told in this very message.
    """

    year: int
    exam: int
    ahead: bool
    elsewhere: bool
    said: bool

    @property
    def lapsed(self) -> bool:
        """Whether 技能 must be sat anew for `exam`."""
        return self.exam >= self.year + (1 if self.elsewhere else YEARS)

    @property
    def serves(self) -> bool:
        """Whether it is a pass of before that spares 技能 for `exam`."""
        return self.exam > self.year and not self.lapsed
