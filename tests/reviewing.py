"""A console in a browser, for whoever reviews: its address, signing in, and what is done on every page of the review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing.fixtures import Serve
from consoles import PASSWORD, Site, settings_of
from playwright.sync_api import Page, expect


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as site:
        yield site


@pytest.fixture
def address(site: Site, tmp_path: Path, serve: Serve, cheap_hashes: None) -> str:
    return serve(settings_of(site.where, policy=tmp_path / "policy.toml", secure_cookies=False))


def sign_in(page: Page, address: str, login: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/console/sign-in")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url(f"{address}/console/")


def names(page: Page) -> list[str]:
    """Return the ids of the records that the page lists."""
    return page.locator("[data-open]").all_inner_texts()


def decide(page: Page, label: str, why: str) -> None:
    page.get_by_role("radio", name=label).check()
    page.get_by_label("Motif de la décision").fill(why)
    page.get_by_role("button", name="Enregistrer la décision").click()


def open_record(page: Page, address: str, record: str, query: str = "") -> None:
    page.goto(f"{address}/console/queue{query}")
    page.get_by_role("link", name=record, exact=True).click()
    shows(page, record)


def shows(page: Page, record: str) -> None:
    """Wait until ``record`` is shown and the page's scripts listen to keys."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Fiche {record}")
    page.wait_for_load_state()
