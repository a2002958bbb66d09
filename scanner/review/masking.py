"""The texts of a record in segments: findings by themselves, what stands around them by itself; masked until somebody reveals them."""

from __future__ import annotations

from dataclasses import dataclass

BULLET = "•"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text. ``entity`` is ``""`` outside findings; ``label`` is what a redaction would print, ``[SANTÉ]``.

    ``text`` is masked (letters and digits as bullets; of a finding the label) or, once revealed, the original.
    """

    text: str
    entity: str = ""
    label: str = ""
    finding_ids: tuple[int, ...] = ()
