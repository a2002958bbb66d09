"""What is said of a remark, and of whom. The words that tell are data: ``context/assertion.toml`` and ``context/subject.toml``."""

from __future__ import annotations

from recognizers.assertion import assertion_of
from recognizers.subject import subject_of

__all__ = ["assertion_of", "subject_of"]
