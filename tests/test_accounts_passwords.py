"""What makes a good password, and what is kept of it."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher

from scanner.accounts.passwords import check_strength, hash_password, is_outdated, is_password, new_password
from scanner.accounts.refusals import RefusedError, account_wordings, in_french


def weakness(password):
    try:
        check_strength(password, "adupont", "Anne Dupont-Léger")
    except RefusedError as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("quatre mots au hasard", None),
        ("éèàçù ïôûœæ ÿñ", None),
        ("azertyuiop plus un oiseau rare", None),
        ("Dupont habite ici depuis toujours", None),
        ("onze lettre", "password-short"),
        ("", "password-short"),
        ("ab" * 129, "password-long"),
        ("aaaaaaaaaaaaaaaa", "password-common"),
        ("abababababababab", "password-common"),
        ("abcdefghijklmnop", "password-common"),
        ("ponmlkjihgfedcba", "password-common"),
        ("Azertyuiop123", "password-common"),
        ("Mot de passe 2026", "password-common"),
        ("M0nMotDePasse!!", "password-common"),
        ("adupont-adupont", "password-login"),
        ("ADupont 2026 !", "password-login"),
        ("Anne Dupont Léger", "password-login"),
        ("leger leger 123", "password-login"),
    ],
)
def test_weak_passwords_are_refused(password, expected):
    assert weakness(password) == expected


def test_generated_passwords_are_random_readable_and_strong():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert {bool(re.fullmatch("([a-km-z2-9]{5}-){3}[a-km-z2-9]{5}", password)) for password in made} == {True}
    assert {weakness(password) for password in made} == {None}


def test_only_an_argon2id_hash_is_kept():
    stored = hash_password("quatre mots au hasard")
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", stored)
    assert stored != hash_password("quatre mots au hasard")
    assert "mots" not in stored


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("déjà vu", True), ("de\u0301ja\u0300 vu", True), ("deja vu", False), ("Déjà vu", False), ("", False), ("\ud800", False)],
)
def test_a_password_is_the_same_from_any_keyboard_and_no_other(typed, expected):
    assert is_password(typed, hash_password("déjà vu")) is expected


def test_nobody_has_no_password():
    assert (is_password("x", None), is_password("", None), is_password("x", "no hash")) == (False, False, False)


def test_unknown_people_cost_the_same_work(monkeypatch):
    """The hash that is compared for nobody has the parameters of all others: as much time, as much memory."""
    seen = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, stored, typed: seen.append(stored) or verify(self, stored, typed))
    is_password("x", hash_password("quatre mots au hasard"))
    is_password("x", None)
    assert [stored.rsplit("$", 2)[0] for stored in seen] == ["$argon2id$v=19$m=65536,t=3,p=4"] * 2


def test_a_hash_of_other_parameters_is_outdated():
    assert is_outdated(hash_password("x")) is False
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x")) is True


def test_every_refusal_is_said_in_french_with_its_figures():
    texts = {reason: in_french(RefusedError(reason, 61)) for reason in account_wordings()["refusals"]}
    assert [reason for reason, text in texts.items() if "{" in text or not text.endswith(".")] == []
    assert texts["locked"] == "Trop d’essais infructueux. Réessayez dans 2 minutes."
    assert in_french(RefusedError("locked", 60)) == "Trop d’essais infructueux. Réessayez dans une minute."
    assert texts["password-short"] == "Le mot de passe doit compter au moins 12 caractères."
