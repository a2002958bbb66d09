"""The sites that an account can be given."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from scanner.accounts.perimeter import Perimeter
from scanner.store.account_tables import account_sites
from scanner.store.review_tables import tallies
from scanner.store.runs import COMPLETE
from scanner.store.schema import runs


def known_sites(connection: Connection, perimeter: Perimeter) -> list[str]:
    """Return the sites of ``perimeter`` that the last complete run of a job read, or that an account has, sorted."""
    last = select(func.max(runs.c.number)).where(runs.c.status == COMPLETE).group_by(runs.c.job_id).add_columns(runs.c.job_id)
    numbers = {row.job_id: row[0] for row in connection.execute(last)}
    newest = [
        run_id
        for job_id, number in numbers.items()
        for run_id in connection.execute(select(runs.c.id).where(runs.c.job_id == job_id, runs.c.number == number)).scalars()
    ]
    read = select(tallies.c.site).where(tallies.c.run_id.in_(newest), tallies.c.kind == "site")
    given = select(account_sites.c.site)
    found = {site for query in (read, given) for site in connection.execute(query.distinct()).scalars()}
    return sorted(site for site in found if site and perimeter.holds(site))
