"""Signing in as people do, in Chromium: what they see when it works, when it does not, and after they have left."""

from __future__ import annotations

import pyotp
import pytest
from browsing.axe import serious
from browsing.fixtures import Serve
from consoles import PASSWORD, add_account, settings_of
from people import People, code_at
from playwright.sync_api import Page, expect

from scanner.store.engine import open_store

pytestmark = pytest.mark.usefixtures("cheap_hashes")
WRONG = "Identifiant ou mot de passe incorrect."
LOCKED = "Trop d’essais infructueux. Réessayez dans une minute."


@pytest.fixture
def people(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        add_account(store, "anne", "dpo", name="Anne Dupont")
        yield People(store)


@pytest.fixture
def address(people, tmp_path, serve: Serve):
    return serve(settings_of(tmp_path / "state.sqlite", secure_cookies=False))


def sign_in(page: Page, address: str, login: str, password: str) -> None:
    page.goto(f"{address}/console/sign-in")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


def test_in_and_out_again(page: Page, address, people):
    page.goto(f"{address}/")
    expect(page).to_have_url(f"{address}/console/sign-in")
    assert serious(page) == []
    sign_in(page, address, "ANNE", "mauvais mot de passe")
    expect(page.get_by_role("alert")).to_have_text(WRONG)
    assert (page.get_by_label("Identifiant").input_value(), page.get_by_label("Mot de passe").input_value()) == ("ANNE", "")
    sign_in(page, address, "ANNE", PASSWORD)
    expect(page).to_have_url(f"{address}/console/")
    expect(page.get_by_role("banner")).to_contain_text("Anne Dupont")
    page.goto(f"{address}/console/sign-in")
    expect(page).to_have_url(f"{address}/console/")
    page.goto(f"{address}/console/accounts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Comptes")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("status")).to_have_text("Vous êtes déconnecté.")
    page.go_back()
    page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    expect(page.locator("body")).not_to_contain_text("Anne Dupont")
    assert [cookie["name"] for cookie in page.context.cookies() if cookie["value"]] == ["vigie_session"]


def test_the_cookie_is_out_of_reach_and_changes_at_sign_in(page: Page, address, people):
    page.goto(f"{address}/console/sign-in")
    (before,) = page.context.cookies()
    sign_in(page, address, "anne", PASSWORD)
    (after,) = page.context.cookies()
    assert before["value"] != after["value"]
    assert {name: after[name] for name in ("httpOnly", "sameSite", "path", "expires")} == {
        "httpOnly": True,
        "sameSite": "Strict",
        "path": "/",
        "expires": -1,
    }
    assert page.evaluate("document.cookie") == ""


@pytest.mark.parametrize("login", ["anne", "personne"])
def test_a_lock_is_told_in_the_same_words_whether_the_account_exists_or_not(page: Page, address, clock, login):
    told = []
    for _ in range(6):
        sign_in(page, address, login, "mauvais mot de passe")
        told.append(page.get_by_role("alert").inner_text())
    assert told == [WRONG] * 4 + [LOCKED] * 2
    sign_in(page, address, login, PASSWORD)
    expect(page.get_by_role("alert")).to_have_text(LOCKED)
    clock.forward(61)
    sign_in(page, address, login, PASSWORD)
    if login == "anne":
        expect(page.get_by_role("banner")).to_contain_text("Anne Dupont")
    else:
        expect(page.get_by_role("alert")).to_have_text("Trop d’essais infructueux. Réessayez dans 2 minutes.")


def test_a_given_password_must_be_changed_before_anything_else(page: Page, address, people):
    _, given = people.add("zoe", "auditor")
    sign_in(page, address, "zoe", given)
    expect(page.get_by_role("heading", level=1)).to_have_text("Changer de mot de passe")
    page.goto(f"{address}/console/audit")
    expect(page).to_have_url(f"{address}/console/password")
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert serious(page) == []

    def change(old: str, new: str, again: str) -> None:
        page.get_by_label("Mot de passe actuel").fill(old)
        page.get_by_label("Nouveau mot de passe", exact=True).fill(new)
        page.get_by_label("Nouveau mot de passe, une seconde fois").fill(again)
        page.get_by_role("button", name="Changer").click()

    told = []
    for old, new, again in (
        (given, "trop court", "trop court"),
        (given, "un merle dans la haie", "un merle dans la rue"),
        ("mauvais", "un merle dans la haie", "un merle dans la haie"),
        (given, given, given),
        (given, "Motdepasse2026", "Motdepasse2026"),
    ):
        change(old, new, again)
        told.append(page.get_by_role("alert").inner_text().replace("\u00a0", " "))
    assert told == [
        "Le mot de passe doit compter au moins 12 caractères.",
        "Les deux saisies du nouveau mot de passe diffèrent.",
        "Le mot de passe actuel est incorrect.",
        "Le nouveau mot de passe doit être différent de l’ancien.",
        "Ce mot de passe est trop facile à deviner : il est courant, ou formé d’une répétition ou d’une suite.",
    ]
    change(given, "un merle dans la haie", "un merle dans la haie")
    expect(page).to_have_url(f"{address}/console/")
    expect(page.get_by_role("banner")).to_contain_text("Personne zoe")


def test_a_second_factor_is_set_up_and_asked_from_then_on(page: Page, address, people, clock):
    sign_in(page, address, "anne", PASSWORD)
    page.goto(f"{address}/console/second-factor")
    expect(page.get_by_role("img", name="Code QR pour l’application d’authentification").locator("svg")).to_be_visible()
    assert serious(page) == []
    totp = pyotp.TOTP(page.locator("figcaption code").inner_text())
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Mettre en place").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code est incorrect ou a déjà servi.")
    assert page.locator("figcaption code").inner_text() == totp.secret
    page.get_by_label("Code", exact=True).fill(code_at(totp, clock.now))
    page.get_by_role("button", name="Mettre en place").click()
    expect(page).to_have_url(f"{address}/console/")
    page.get_by_role("button", name="Se déconnecter").click()
    clock.forward(60)
    sign_in(page, address, "anne", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Code de connexion")
    page.goto(f"{address}/console/accounts")
    expect(page).to_have_url(f"{address}/console/sign-in/code")
    assert serious(page) == []
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code est incorrect ou a déjà servi.")
    page.get_by_label("Code", exact=True).fill(code_at(totp, clock.now))
    page.get_by_role("button", name="Continuer").click()
    expect(page).to_have_url(f"{address}/console/")
    page.goto(f"{address}/console/second-factor")
    expect(page.get_by_role("main")).to_contain_text("Elle est en place")


def test_who_does_nothing_for_half_an_hour_signs_in_again(page: Page, address, people, clock):
    sign_in(page, address, "anne", PASSWORD)
    clock.forward(29 * 60)
    page.goto(f"{address}/console/accounts")
    expect(page).to_have_url(f"{address}/console/accounts")
    clock.forward(30 * 60)
    page.get_by_role("link", name="anne", exact=True).click()
    expect(page).to_have_url(f"{address}/console/sign-in")
    sign_in(page, address, "anne", PASSWORD)
    expect(page).to_have_url(f"{address}/console/")


def test_an_account_is_made_given_away_and_disabled(page: Page, address, people, browser):
    sign_in(page, address, "anne", PASSWORD)
    page.goto(f"{address}/console/accounts")
    assert serious(page) == []
    page.get_by_label("Identifiant").fill("karim")
    page.get_by_label("Nom", exact=True).fill("<b>Karim</b> & Cie")
    page.get_by_label("Responsable de site").check()
    page.get_by_label("Tous les sites").check()
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>Karim</b> & Cie")
    given = page.locator("#password").inner_text()
    assert serious(page) == []
    other = browser.new_context(locale="fr-FR").new_page()
    sign_in(other, address, "karim", given)
    expect(other).to_have_url(f"{address}/console/password")
    page.get_by_role("button", name="Désactiver").click()
    expect(page.get_by_role("status")).to_have_text("C’est enregistré.")
    other.reload()
    expect(other).to_have_url(f"{address}/console/sign-in")
    sign_in(other, address, "karim", given)
    expect(other.get_by_role("alert")).to_have_text(WRONG)
    other.context.close()
    assert [event for event, _ in people.audited()] == [
        "account-made", "session-opened", "account-made", "session-opened", "account-changed", "session-refused"
    ]  # fmt: skip
