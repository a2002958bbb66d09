"""A finding in the words of Presidio: the recognizer that made it, and why. Needs nothing of Presidio's."""

from __future__ import annotations

from recognizers.finding import Finding


def recognizer_name(entity: str) -> str:
    """Return the name under which the recognizer of ``entity`` is known: ``VigieHealthRecognizer``."""
    return f"Vigie{entity.title().replace('_', '')}Recognizer"


def textual_explanation(finding: Finding) -> str:
    """Return why ``finding`` is one, in a line that holds no word of the comment but cues."""
    return f"assertion {finding.assertion}; subject {finding.subject}; cues {', '.join(finding.cues) or 'none'}"
