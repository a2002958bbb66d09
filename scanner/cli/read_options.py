"""Options that say how an export or a table is read, declared once for every command that reads some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.cli import scan_options as options

if TYPE_CHECKING:
    from scanner.sources import ReadOptions


def read_options(
    id_column: options.IdOption = None,
    text_column: options.TextOption = None,
    tenant_column: options.TenantOption = None,
    site_column: options.SiteOption = None,
    author_group_column: options.AuthorOption = None,
    date_column: options.DateOption = None,
    name_column: options.NameOption = None,
    mapping: options.MappingOption = None,
    encoding: options.EncodingOption = None,
    delimiter: options.DelimiterOption = None,
) -> ReadOptions:
    """Return what the command line and the mapping file say. Raises :class:`ConfigError` on a mapping file that is not right."""
    from scanner.sources import ReadOptions, with_mapping

    read = ReadOptions(
        encoding=encoding,
        delimiter=delimiter,
        text_columns=tuple(text_column or ()),
        name_columns=tuple(name_column or ()),
        id_column=id_column,
        tenant_column=tenant_column,
        site_column=site_column,
        author_group_column=author_group_column,
        date_column=date_column,
    )
    return with_mapping(read, mapping) if mapping else read
