"""Try one lexicon while writing it: ``python -m recognizers.try_lexicon ENTITY``.

Runs the examples of the entity's file and, where labelled comments are given, prints how its findings compare with them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from recognizers.detector import Detector
from recognizers.examples import parse_example
from recognizers.lexicon import LEXICON_DIR, Lexicon, load_lexicon


def failing_examples(lexicon: Lexicon) -> list[str]:
    """Return one line for each example of ``lexicon`` that does not hold."""
    detector = Detector([lexicon], identifiers=False)
    failures = []
    for rule in lexicon.rules:
        for marked in rule.yes:
            text, spans = parse_example(marked)
            found = [(f.start, f.end) for f in detector.find(text)]
            if found != spans:
                failures.append(f"{rule.id} yes: {marked!r} found {[text[a:b] for a, b in found]}")
        for text in rule.no:
            if found := [(f.rule, text[f.start : f.end]) for f in detector.find(text)]:
                failures.append(f"{rule.id} no: {text!r} found {found}")
    return failures


def main() -> None:
    """Command line of the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entity")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--files", default="", help="comma-separated beginnings of file names; all but the held-out ones by default")
    parser.add_argument("--held-out", default="21,33,34,35")
    parser.add_argument("--errors", type=int, default=30)
    parser.add_argument("--kind", default="", help="only MISS or ALARM")
    args = parser.parse_args()
    lexicon = load_lexicon(LEXICON_DIR / f"{args.entity.lower()}.toml")
    for line in failing_examples(lexicon):
        print("EXAMPLE", line)
    detector = Detector([lexicon], identifiers=False)
    wanted, held = [tuple(filter(None, v.split(","))) for v in (args.files, args.held_out)]
    right = missed = wrong = clean = alarms = 0
    errors: list[str] = []
    for path in sorted(args.corpus.glob("*.jsonl")):
        if path.name.startswith(held) or (wanted and not path.name.startswith(wanted)):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text, spans = row["text"], row["spans"]
            mine = [s for s in spans if s["entity"] == lexicon.entity and not s.get("optional")]
            allowed = any(lexicon.entity in (s["entity"], *s.get("or", [])) for s in spans)
            found = detector.find(text)
            if mine:
                hit = bool(found)
                right += hit
                missed += not hit
                uncovered = [s for s in mine if not any(f.start < s["end"] and s["start"] < f.end for f in found)]
                errors += [f"MISS  {row['id']} «{text[s['start'] : s['end']]}» | {text[:110]!r}" for s in uncovered]
            elif found and not allowed:
                wrong += 1
            if not spans:
                clean += 1
                alarms += bool(found)
            if found and not allowed:
                errors.append(f"ALARM {row['id']} {[(f.rule, text[f.start : f.end]) for f in found]} | {text[:110]!r}")
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    for error in [e for e in errors if e.startswith(args.kind)][: args.errors]:
        print(error)
    print(f"{lexicon.entity}: records P {precision:.3f} R {recall:.3f} F1 {f1:.3f}; clean comments with an alarm {alarms}/{clean}")


if __name__ == "__main__":
    main()
