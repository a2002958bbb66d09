"""The HTTP service: checks for data-entry screens, Presidio's API, the DPO's console."""

from __future__ import annotations

from scanner.service.app import create_app
from scanner.service.settings import Limits, ServiceSettings

__all__ = ["Limits", "ServiceSettings", "create_app"]
