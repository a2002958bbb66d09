"""What a free text is written in, and how it is cut up: between the cells of a record and what the detector reads.

- **Memos** (:mod:`~scanner.memos.memo`). A cell may hold RTF, HTML or quoted-printable leftovers: ``read_memo`` returns its text.
  Findings point into that text, ``Memo.span`` leads back to the cell, ``Memo.replace`` edits the cell so that it stays valid and reads as
  the edited text does.
- **Numbered lines** (:mod:`~scanner.memos.lines`). ``LIG1`` … ``LIGn`` of one row (:mod:`~scanner.memos.line_columns`), or the rows of
  one dossier by line number (:mod:`~scanner.memos.line_rows`), are one text. The field is then the group (``LIG``), and a finding that
  goes on in the next line is one finding: ``line``, ``start`` and ``end`` say where it begins, ``continued`` where it goes on.
- **Readings** (:mod:`~scanner.memos.reading`). ``read_record`` puts both together for a record::

    reading = read_record(record, groups)
    judgement = judge(reading.record, found, policy, catalogue)     # offsets in the texts as read
    reading.stored(judgement)                                       # the same in the cells as stored
    reading.rewritten(field, redactor.redact(text, findings))       # the new cells
"""
