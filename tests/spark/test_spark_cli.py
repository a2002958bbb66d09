"""``vigie spark`` as a user runs it: what it prints, its exit codes, and what Spark gets to see."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest
from fakes import KEY
from running import COMMAND, ENVIRONMENT, vigie

from scanner.outputs import held

SUBMIT = Path(pyspark.__file__).parent / "bin" / "spark-submit"
COMMENT = "Mme sous chimiothérapie"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(f'ID;COMMENTAIRE;SITE\r\n1;{COMMENT};"Les\r\nLilas"\r\n2;RAS;Les Lilas\r\n'.encode("cp1252"))
    return path


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed: make servers")
def test_a_submitted_job_leaves_what_a_scan_leaves_and_shows_spark_neither_text_nor_key(export, tmp_path):
    script, log, out = tmp_path / "job.py", tmp_path / "log", tmp_path / "out"
    script.write_text("from scanner.cli import main\n\nmain()\n", encoding="utf-8")
    log.mkdir()
    settings = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": f"file://{log}",
        "spark.driver.memory": "512m",
    }
    conf = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    environment = {**ENVIRONMENT, "PYSPARK_PYTHON": sys.executable}
    command = [SUBMIT, "--master", "local[1]", *conf, script, "spark", export, "--out", out, "--partitions", "1"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
    assert (done.returncode, vigie("scan", export, "--out", tmp_path / "one").code) == (1, 1)
    first_line, *_ = done.stdout.decode().splitlines()
    assert first_line == "records: 2 read, 2 scanned, 0 not scanned in full"
    assert (out / "findings.jsonl").read_bytes() == (tmp_path / "one" / "findings.jsonl").read_bytes()
    summaries = [json.loads((folder / "summary.json").read_text(encoding="utf-8")) for folder in (out, tmp_path / "one")]
    same = [{name: summary[name] for name in ("rules", "key_id", "findings", "first_records", "site_findings")} for summary in summaries]
    assert same[0] == same[1]
    assert ((out / "findings.jsonl").stat().st_mode & 0o777, (out / "summary.json").stat().st_mode & 0o777) == (0o600, 0o600)
    shown = b"".join(path.read_bytes() for path in log.rglob("*") if path.is_file()) + done.stderr
    assert b"SparkListenerApplicationEnd" in shown
    for secret in (
        "chimio",
        base64.b64encode(KEY.master).decode().rstrip("="),
        base64.urlsafe_b64encode(KEY.master).decode(),
        KEY.master.hex(),
    ):
        assert secret.encode() not in shown


def test_rows_that_were_not_scanned_are_told_and_change_the_exit_code(spark, export, tmp_path):
    with export.open("ab") as file:
        file.write(b"3;trop;de;cellules\r\n")
    result = vigie("spark", export, "--out", tmp_path / "out", "--partitions", "1")
    assert result.code == 3
    assert result.out.splitlines()[0] == "records: 3 read, 2 scanned, 1 not scanned in full"
    assert result.out.splitlines()[-1] == "not scanned in full: export.csv, row 3: field-count"


def test_a_folder_that_another_scan_writes_into_is_left_alone(spark, export, tmp_path):
    out = tmp_path / "out"
    with held(out):
        result = vigie("spark", export, "--out", out, "--partitions", "1")
    assert (result.code, list(out.iterdir())) == (2, [])
    assert result.err == f"vigie: {out}: another scan is writing there; wait until it has ended, or choose another --out folder\n"


def test_nothing_found_and_the_summary_as_json(spark, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("ID;COMMENTAIRE\n1;RAS\n", encoding="utf-8")
    result = vigie("spark", path, "--out", tmp_path / "out", "--json", "--partitions", "1", "--conf", "spark.sql.ansi.enabled=true")
    assert (result.code, json.loads(result.out)) == (0, json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8")))


URL = "jdbc:postgresql://127.0.0.1/notes"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.csv", "--conf", "spark.master"], "--conf spark.master: write NAME=VALUE, such as --conf spark.master=yarn"),
        (
            ["a.csv", "--table", "notes"],
            "--table, --user, --password-file and --partition-column need a JDBC URL, such as jdbc:postgresql://HOST/DATABASE",
        ),
        ([URL], "name the table to read with --table; `vigie discover` proposes some"),
        (["a.csv", "--seed", "2026"], "--seed says which records --sample draws: give both, or leave it out"),
        ([URL, "a.csv", "--table", "notes"], "one database at a time: give one JDBC URL, and no export with it"),
    ],
)
def test_what_is_asked_wrongly_is_told_before_spark_starts(arguments, message, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    result = vigie("spark", *arguments, "--out", tmp_path / "out")
    assert (result.code, result.out, result.err) == (2, "", f"vigie: {message}\n")


def test_without_pyspark(export, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    result = vigie("spark", export, "--out", tmp_path / "out")
    assert (result.code, result.err) == (2, "vigie: PySpark is missing; install it with: pip install 'vigie[spark]'\n")


def test_without_java(export, tmp_path):
    environment = {**{name: value for name, value in ENVIRONMENT.items() if name != "JAVA_HOME"}, "PATH": str(tmp_path / "bin")}
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "cat", "ps", "uname"):
        (tmp_path / "bin" / name).symlink_to(next(Path(folder, name) for folder in os.defpath.split(":") if Path(folder, name).exists()))
    done = subprocess.run(
        [*COMMAND, "spark", export, "--out", tmp_path / "out"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "vigie: Spark does not start: it needs Java 17 or newer (on Debian: apt-get install openjdk-17-jre-headless)",
    )
