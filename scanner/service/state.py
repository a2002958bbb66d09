"""What the handlers of the service share: made once, when it starts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from recognizers.detector import Detector, default_detector
from scanner.catalogue import Catalogue, default_catalogue
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.policy import Policy, load_policy
from scanner.redaction import Redactor
from scanner.service.settings import ServiceSettings
from scanner.store.engine import Store, open_store


@dataclass(slots=True)
class ServiceState:
    """``store`` and ``key`` are ``None`` where the service has no state store."""

    settings: ServiceSettings
    detector: Detector
    catalogue: Catalogue
    policy: Policy
    redactor: Redactor
    store: Store | None
    key: SecretKey | None


def make_state(settings: ServiceSettings) -> ServiceState:
    """Load rules and policy and open the store. Raises what :func:`load_policy` and :func:`open_store` raise."""
    catalogue = default_catalogue()
    if settings.store and settings.key is None:
        raise InputError("the state store needs its key: give --key-file")
    return ServiceState(
        settings=settings,
        detector=default_detector(),
        catalogue=catalogue,
        policy=load_policy(settings.policy, catalogue.entities, datetime.date.today()),
        redactor=Redactor("label", catalogue.tags, catalogue.severities, catalogue.wordings),
        store=open_store(settings.store) if settings.store else None,
        key=settings.key,
    )


def state_of(request: Request) -> ServiceState:
    """Return the state of the service that ``request`` reached."""
    state: ServiceState = request.app.state.vigie
    return state


Shared = Annotated[ServiceState, Depends(state_of)]
"""What a handler writes to get the state: ``def handler(shared: Shared)``."""
