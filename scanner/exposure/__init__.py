"""Who could read, or did read, what lay outside their perimeter: judged from files, by set algebra over groups of records and readers."""

from __future__ import annotations
