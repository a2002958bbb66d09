"""People and programs that use the service: who they are, what they may do, which sites they may see."""

from __future__ import annotations

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.roles import Permission, Role, roles
from scanner.accounts.viewer import Viewer

__all__ = ["Perimeter", "Permission", "Role", "Viewer", "roles"]
