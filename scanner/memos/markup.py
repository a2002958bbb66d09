"""The names of RTF and HTML, read from ``data/markup.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

_MARKUP = tomllib.loads(resources.files("scanner").joinpath("data/markup.toml").read_text(encoding="utf-8"))
RTF: Mapping[str, Any] = _MARKUP["rtf"]
HTML: Mapping[str, Any] = _MARKUP["html"]
