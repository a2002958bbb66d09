"""The names of RTF and HTML, read from ``data/markup.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.data_files import data_toml

_MARKUP = data_toml("markup.toml")
RTF: Mapping[str, Any] = _MARKUP["rtf"]
HTML: Mapping[str, Any] = _MARKUP["html"]
