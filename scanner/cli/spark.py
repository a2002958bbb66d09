"""``vigie spark``: the scan on a cluster."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import scan_options as options
from scanner.cli.console import say
from scanner.cli.gathered import gathered
from scanner.cli.options import JsonOption, KeyFileOption, PolicyOption
from scanner.cli.read_options import read_options
from scanner.cli.scan_exports import key_of_scan
from scanner.cli.scan_words import exit_code, in_words
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.sources import ReadOptions
    from scanner.spark.jdbc import JdbcTable

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...", help="Exports, folders of them, URIs of Parquet (hdfs://…, s3a://…), or one jdbc: URL with --table."
    ),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for the outputs; made when absent.")]
TableOption = Annotated[str | None, typer.Option("--table", help="Table or view to read through JDBC.")]
UserOption = Annotated[str | None, typer.Option("--user", help="User of the database.")]
PartitionColumnOption = Annotated[
    str | None, typer.Option("--partition-column", help="Number or date to cut the table by; the id column when absent.")
]
PartitionsOption = Annotated[
    int | None, typer.Option("--partitions", min=1, help="Parts that the work is cut into; four a core when absent.")
]
FindingsOption = Annotated[
    str | None, typer.Option("--findings", help="Where the executors write the findings as Parquet, in place of findings.jsonl.")
]
ConfOption = Annotated[
    list[str] | None, typer.Option("--conf", metavar="NAME=VALUE", help="Setting of Spark, such as spark.master=yarn; repeat for several.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("spark")(gathered("read", read_options)(spark_cli))


def spark_cli(
    inputs: InputsArgument,
    out: OutOption,
    table: TableOption = None,
    user: UserOption = None,
    password_file: options.PasswordFileOption = None,
    partition_column: PartitionColumnOption = None,
    *,
    read: ReadOptions,
    policy: PolicyOption = None,
    key_file: KeyFileOption = None,
    sample: options.SampleOption = None,
    seed: options.SeedOption = None,
    findings: FindingsOption = None,
    partitions: PartitionsOption = None,
    conf: ConfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Scan on Apache Spark. Findings, summary and report are those of `vigie scan`; nothing is redacted nor quarantined."""
    from scanner.catalogue import default_catalogue
    from scanner.cli.scan_sample import SampleOptions
    from scanner.policy import load_policy
    from scanner.spark.job import SparkJob, run_job
    from scanner.spark.session import spark_session

    drawing = SampleOptions(sample, seed)
    drawing.refuse_lone_seed()
    settings = _settings(conf or ())
    catalogue = default_catalogue()
    job = SparkJob(
        out=out,
        policy=load_policy(policy, catalogue.entities, datetime.date.today()),
        catalogue=catalogue,
        key=key_of_scan(key_file),
        inputs=inputs,
        table=_table(inputs, table, user, password_file, partition_column),
        options=read,
        findings=findings,
        partitions=partitions,
        sample=sample,
        seed=drawing.drawn_with,
    )
    with spark_session(settings) as spark:
        summary = run_job(spark, job)
    say(json.dumps(summary, ensure_ascii=False) if as_json else in_words(summary, out))
    raise typer.Exit(exit_code(summary))


def _table(
    inputs: list[str], name: str | None, user: str | None, password_file: Path | None, partition_column: str | None
) -> JdbcTable | None:
    """Return the table to read when the input is a JDBC URL, else ``None``."""
    from scanner.databases.url import read_password
    from scanner.spark.jdbc import JdbcTable, is_jdbc

    if not any(map(is_jdbc, inputs)):
        if name or user or password_file or partition_column:
            raise InputError(
                "--table, --user, --password-file and --partition-column need a JDBC URL, such as jdbc:postgresql://HOST/DATABASE"
            )
        return None
    if len(inputs) > 1:
        raise InputError("one database at a time: give one JDBC URL, and no export with it")
    if name is None:
        raise InputError("name the table to read with --table; `vigie discover` proposes some")
    return JdbcTable(inputs[0], name, user, read_password(password_file), partition_column)


def _settings(conf: Sequence[str]) -> dict[str, str]:
    """Return the settings written ``NAME=VALUE``."""
    settings = {}
    for text in conf:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise InputError(f"--conf {text}: write NAME=VALUE, such as --conf spark.master=yarn")
        settings[name] = value
    return settings
