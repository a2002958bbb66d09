"""Who looks at a page."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.roles import Permission, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is signed in: ``login`` names them in decisions and histories, ``perimeter`` is what they may see."""

    account_id: str
    login: str
    name: str
    role: Role
    perimeter: Perimeter

    def may(self, permission: Permission) -> bool:
        """Tell whether the role grants ``permission``."""
        return permission in self.role.permissions
