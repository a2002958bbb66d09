"""Options of ``vigie scan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Mode = Literal["label", "mask", "remove", "hash", "encrypt", "neutral"]
InputsArgument = Annotated[
    list[str],
    typer.Argument(
        help="Exports (CSV, TSV, XLSX, Parquet, JSON Lines), or one database: its URL or a job file (.toml).", metavar="INPUT..."
    ),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the outputs; made when absent. A job file may name it instead.")]
ModeOption = Annotated[
    Mode | None, typer.Option("--mode", help="What stands in place of a redacted remark in an export; label when absent.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Processes that read the comments of large exports and tables; one a core, up to 4, when absent.",
        min=1,
    ),
]
MOST_DRAWN = 100_000
"""Records of a sample are held in memory; more would hardly make it more precise: to 0.3 points at most with this many."""
SampleOption = Annotated[
    int | None,
    typer.Option(
        "--sample",
        help="Scan so many records, drawn at random, and estimate rates: nothing is redacted, quarantined or kept in a state store.",
        min=1,
        max=MOST_DRAWN,
    ),
]
SeedOption = Annotated[str | None, typer.Option("--seed", help="Draw with this seed, as an earlier --sample did; a new one when absent.")]
IdOption = Annotated[str | None, typer.Option("--id-column", help="Column that identifies the record.")]
TextOption = Annotated[
    list[str] | None, typer.Option("--text-column", help="Free-text column; repeat for several. Found by itself when absent.")
]
TenantOption = Annotated[str | None, typer.Option("--tenant-column", help="Column that identifies the tenant.")]
SiteOption = Annotated[str | None, typer.Option("--site-column", help="Column of the building, site or agency.")]
AuthorOption = Annotated[str | None, typer.Option("--author-group-column", help="Column of the author's role or team.")]
DateOption = Annotated[str | None, typer.Option("--date-column", help="Column of the comment's date.")]
NameOption = Annotated[list[str] | None, typer.Option("--name-column", help="Column of a surname or first name; repeat for several.")]
MappingOption = Annotated[Path | None, typer.Option("--mapping", help="Mapping file (TOML): roles of columns and purposes of fields.")]
EncodingOption = Annotated[str | None, typer.Option("--encoding", help="Encoding of the file, when the one found is not right.")]
DelimiterOption = Annotated[
    str | None, typer.Option("--delimiter", help="Delimiter of the file (or 'tab'), when the one found is not right.")
]

# Of a database only.
TableOption = Annotated[list[str] | None, typer.Option("--table", help="Table or view of the database; repeat for several.")]
StateOption = Annotated[
    str | None, typer.Option("--state", help="State store of a database: a file or a PostgreSQL URL; state.sqlite in --out when absent.")
]
JobOption = Annotated[str | None, typer.Option("--job", help="Name of the job in the state store; that of the database when absent.")]
PasswordFileOption = Annotated[
    Path | None, typer.Option("--password-file", help="File that holds the password of the database; else VIGIE_DB_PASSWORD.")
]
RateOption = Annotated[float | None, typer.Option("--max-rows-per-second", help="Read a database no faster than this.", min=1)]
LagOption = Annotated[float | None, typer.Option("--max-replica-lag", help="Wait while a replica is further behind, in seconds.", min=0)]
TimeoutOption = Annotated[float | None, typer.Option("--statement-timeout", help="Longest statement on a database, in seconds.", min=0.1)]
