"""A detector that knows four words, so that tests of the scan do not depend on the lexicons."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recognizers.finding import Finding
from scanner.catalogue import default_catalogue
from scanner.keys import SecretKey
from scanner.policy import load_policy
from scanner.redaction import Redactor
from scanner.scan import ScanPlan
from scanner.sources import ReadOptions

KEY = SecretKey(bytes(range(32)))
WORDS = {
    "cancer": ("HEALTH", "HEALTH.cancer"),
    "alcoolique": ("ADDICTION", "ADDICTION.alcoholic"),
    "prison": ("OFFENCE", "OFFENCE.prison"),
    "dette": ("FINANCIAL", "FINANCIAL.debt"),
}
POLICY = """
[[rules]]
purpose = "accounting"
action = "keep"
[[rules]]
min_level = "critical"
action = "quarantine"
[[rules]]
entity = "FINANCIAL"
action = "warn"
[[rules]]
action = "redact"
"""
EXPLODES = "BOUM"


class FakeDetector:
    """Finds ``WORDS``; a text that holds ``EXPLODES`` makes it fail with the text as message."""

    def find(self, text: str, names: Sequence[str] = ()) -> list[Finding]:
        if EXPLODES in text:
            raise ValueError(text)
        matches = re.finditer("|".join(WORDS), text)
        return [Finding(entity, m.start(), m.end(), 0.9, rule, term=m.group()) for m in matches for entity, rule in [WORDS[m.group()]]]

    def find_many(self, texts: Sequence[str], names: Sequence[Sequence[str]] | None = None) -> list[list[Finding]]:
        return [self.find(text) for text in texts]


def make_plan(
    inputs: Sequence[Path], out: Path, policy: str = POLICY, detector: Any = None, mode: Any = "label", **options: Any
) -> ScanPlan:
    """Return the plan of a scan with the fake detector and a fixed key."""
    catalogue = default_catalogue()
    file = out.parent / f"{out.name}-policy.toml"
    file.write_text(policy, encoding="utf-8")
    return ScanPlan(
        inputs=inputs,
        out=out,
        detector=detector or FakeDetector(),
        catalogue=catalogue,
        policy=load_policy(file, catalogue.entities, datetime.date(2026, 11, 21)),
        redactor=Redactor(mode, catalogue.tags, catalogue.severities, catalogue.wordings, KEY),
        key=KEY,
        options=ReadOptions(**options),
    )
