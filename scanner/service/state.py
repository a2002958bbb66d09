"""What the handlers of the service share: made once, when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from recognizers.detector import Detector, default_detector
from scanner.catalogue import Catalogue, default_catalogue
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.redaction import Redactor
from scanner.service.metrics import ServiceMetrics
from scanner.service.policies import PolicyKeeper
from scanner.service.settings import ServiceSettings
from scanner.store.engine import Store, open_store


@dataclass(slots=True)
class ServiceState:
    """``store`` and ``key`` are ``None`` where the service has no state store."""

    settings: ServiceSettings
    detector: Detector
    catalogue: Catalogue
    policies: PolicyKeeper
    redactor: Redactor
    store: Store | None
    key: SecretKey | None
    metrics: ServiceMetrics = field(default_factory=ServiceMetrics)

    @property
    def policy(self) -> Policy:
        """The policy of the file; it may change between two requests, so ask once for each."""
        return self.policies.current

    @property
    def text_policy(self) -> Policy:
        """The same with the allow-list of the store: for texts that come in, not for records that the store knows."""
        return self.policies.for_texts


def make_state(settings: ServiceSettings) -> ServiceState:
    """Load rules and policy and open the store. Raises what :func:`load_policy` and :func:`open_store` raise."""
    catalogue = default_catalogue()
    if settings.store and settings.key is None:
        raise InputError("the state store needs its key: give --key-file")
    if settings.auth and not settings.store:
        raise InputError("API keys live in the state store: give --state, or --no-auth on a loopback address")
    store = open_store(settings.store) if settings.store else None
    return ServiceState(
        settings=settings,
        detector=default_detector(),
        catalogue=catalogue,
        policies=PolicyKeeper(settings.policy, catalogue.entities, store, settings.key),
        redactor=Redactor("label", catalogue.tags, catalogue.severities, catalogue.wordings),
        store=store,
        key=settings.key,
    )


def state_of(request: Request) -> ServiceState:
    """Return the state of the service that ``request`` reached."""
    state: ServiceState = request.app.state.vigie
    return state


async def _shared(request: Request) -> ServiceState:
    return state_of(request)  # without ``async`` another thread would be asked to do it


Shared = Annotated[ServiceState, Depends(_shared)]
"""What a handler writes to get the state: ``def handler(shared: Shared)``."""
