"""Job files: what they say, and what is said of their mistakes."""

from __future__ import annotations

import pytest

from scanner.databases import Join, NumberedLines, ReadSettings, TableRequest
from scanner.databases.job_file import Job, load_job
from scanner.errors import ConfigError, InputError

FULL = """\
[job]
name = "nuit"
url = "postgresql://vigie@replica.example/ikos"
password_file = "secret/vigie.password"
state = "state.db"
out = "out"
policy = "../vigie.toml"

[limits]
page_rows = 500
statement_timeout = 30
max_rows_per_second = 20000
max_replica_lag = 0.5

[[tables]]
name = "public.commentaires"
id = "NUM"
texts = ["TEXTE", "NOTE"]
names = ["NOM"]
tenant = "LOCATAIRE"
date = "SAISIE"
where = "saisie >= DATE '2020-01-01'"
purposes = {TEXTE = "caretaker"}

[[tables.joins]]
table = "public.sites"
on = {SITE = "CODE"}
columns = {site = "LIBELLE"}

[[tables]]
name = "memos"
lines = {group = ["DOSSIER"], number = "LIGNE", text = "TEXTE"}
"""
SHORT = '[job]\nname = "nuit"\nurl = "sqlite:///ikos.db"\n[[tables]]\nname = "commentaires"\n'


def write(tmp_path, text):
    path = tmp_path / "job.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_job_says_everything(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/vigie.password").write_text("s3cret\n")
    assert load_job(write(tmp_path, FULL), {}) == Job(
        name="nuit",
        url="postgresql://vigie@replica.example/ikos",
        password="s3cret",
        state=str(tmp_path / "state.db"),
        out=tmp_path / "out",
        policy=tmp_path / "../vigie.toml",
        settings=ReadSettings(page_rows=500, statement_timeout=30, max_rows_per_second=20_000, max_replica_lag=0.5),
        tables=(
            TableRequest(
                "public.commentaires",
                id_column="NUM",
                text_columns=("TEXTE", "NOTE"),
                tenant_column="LOCATAIRE",
                date_column="SAISIE",
                name_columns=("NOM",),
                purposes={"TEXTE": "caretaker"},
                where="saisie >= DATE '2020-01-01'",
                joins=(Join("public.sites", {"SITE": "CODE"}, {"site": "LIBELLE"}),),
            ),
            TableRequest("memos", lines=NumberedLines(("DOSSIER",), "LIGNE", "TEXTE")),
        ),
    )


def test_what_is_not_said_has_defaults(tmp_path):
    job = load_job(write(tmp_path, SHORT), {})
    assert job == Job("nuit", "sqlite:///ikos.db", None, None, None, None, ReadSettings(), (TableRequest("commentaires"),))


def test_url_and_password_can_come_from_the_environment(tmp_path):
    environment = {"BASE": "postgresql://h/b", "SECRET": "s3cret", "VIGIE_DB_PASSWORD": "other"}
    text = SHORT.replace('url = "sqlite:///ikos.db"', 'url_env = "BASE"\npassword_env = "SECRET"')
    job = load_job(write(tmp_path, text), environment)
    assert (job.url, job.password) == ("postgresql://h/b", "s3cret")
    assert load_job(write(tmp_path, SHORT), environment).password == "other"


def test_a_job_does_not_show_its_password(tmp_path):
    job = load_job(write(tmp_path, SHORT.replace("sqlite:///ikos.db", "postgresql://u:s3cret@h/b")), {"VIGIE_DB_PASSWORD": "t0psecret"})
    assert "s3cret" not in repr(job)
    assert "t0psecret" not in repr(job)


def test_the_store_can_be_a_url(tmp_path):
    text = SHORT.replace('name = "nuit"', 'name = "nuit"\nstate = "postgresql://h/vigie"')
    assert load_job(write(tmp_path, text), {}).state == "postgresql://h/vigie"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('[job]\nname = "nuit"', "[job]", "line 1: 'name' is missing or empty"),
        ('url = "sqlite:///ikos.db"', "", "line 1: 'url' is missing or empty"),
        ("[job]", '[job]\nurl_env = "BASE"', "line 2: give 'url' or 'url_env', not both"),
        (
            'url = "sqlite:///ikos.db"',
            'url_env = "BASE"',
            "line 3: the environment has no variable BASE, which 'url_env' names: set it",
        ),
        ("[job]", '[job]\npassword_env = "A"\npassword_file = "b"', "line 3: give 'password_env' or 'password_file', not both"),
        (
            "[job]",
            '[job]\npasword_file = "b"',
            "line 2: unknown key 'pasword_file'; did you mean 'password_file'? allowed: "
            "name, out, password_env, password_file, policy, state, url, url_env",
        ),
        ('[[tables]]\nname = "commentaires"\n', "", "line 1: no table to read: write one under [[tables]]"),
        ('name = "commentaires"', "", "line 4: 'name' is missing or empty"),
        ('name = "commentaires"', 'name = "c"\ntexts = "TEXTE"', "line 6: 'texts' must be a list of column names in quotes"),
        (
            'name = "commentaires"',
            'name = "c"\npurposes = {TEXTE = "gardien"}',
            "line 6: 'TEXTE' cannot be 'gardien'; allowed: "
            "accounting, allocation, call_centre, caretaker, general, litigation, social_follow_up, technical",
        ),
        ('name = "commentaires"', 'name = "c"\njoins = [{on = {a = "b"}, columns = {site = "c"}}]', "line 6: 'table' is missing or empty"),
        ('name = "commentaires"', 'name = "c"\njoins = [{table = "t", columns = {site = "c"}}]', "line 6: 'on' is missing or empty"),
        ('name = "commentaires"', 'name = "c"\njoins = [{table = "t", on = {a = "b"}}]', "line 6: 'columns' is missing or empty"),
        (
            'name = "commentaires"',
            'name = "c"\njoins = [{table = "t", on = {a = "b"}, columns = {text = "c"}}]',
            "line 6: unknown key 'text'; did you mean 'tenant'? allowed: author_group, date, site, tenant",
        ),
        ('name = "commentaires"', 'name = "c"\nlines = {number = "n", text = "t"}', "line 6: 'group' is missing or empty"),
        ("[[tables]]", "[limits]\npage_rows = 0\n[[tables]]", "line 5: 'page_rows' must be a whole number above 0"),
        ("[[tables]]", "[limits]\npage_rows = 1.5\n[[tables]]", "line 5: 'page_rows' must be a whole number above 0"),
        ("[[tables]]", "[limits]\nstatement_timeout = true\n[[tables]]", "line 5: 'statement_timeout' must be a number above 0"),
        ("[[tables]]", "[limits]\nstatement_timeout = inf\n[[tables]]", "line 5: 'statement_timeout' must be a number above 0"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path, old, new, error):
    assert old in SHORT
    path = write(tmp_path, SHORT.replace(old, new, 1))
    with pytest.raises(ConfigError) as raised:
        load_job(path, {})
    assert str(raised.value) == f"{path}, {error}"


def test_a_password_file_that_is_missing_is_named(tmp_path):
    path = write(tmp_path, SHORT.replace("[job]", '[job]\npassword_file = "absent"'))
    with pytest.raises(InputError) as raised:
        load_job(path, {"VIGIE_DB_PASSWORD": "other"})
    assert str(raised.value) == f"password file {tmp_path / 'absent'} cannot be read (No such file or directory)"
