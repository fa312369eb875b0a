"""Parquet files."""

from __future__ import annotations

from typing import Any

from core.adapters.tables.cells import cell
from core.adapters.tables.grids import Grid
from core.adapters.tables.limits import Gauge
from core.domain.errors import InputError

_BATCH_ROWS = 1024


def read_parquet(name: str, data: bytes, gauge: Gauge) -> Grid:
    """Return all rows, read a batch at a time.

    Texts stay in their dictionaries until they are measured, for one long value
    may stand in every row. Raises InputError for a damaged file or one over a limit.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        headers = list(file.schema_arrow.names)
        gauge.header(headers)
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        gauge.unpacked(sum(group.total_byte_size for group in groups))
        texts = [field.name for field in file.schema_arrow if _is_bytes(field.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        rows: list[list[str]] = []
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            columns = [_strings(column) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                gauge.row(cells, headers)
                rows.append(list(cells))
    # KeyError: a time zone that this system does not know.
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        raise InputError(
            f"'{name}' is a damaged Parquet file, or of a kind that Clade cannot read.",
            "Write it again in the program it comes from, or save it as .csv.",
        ) from error
    return Grid(headers, rows)


def _is_bytes(kind: Any) -> bool:
    import pyarrow.types as types

    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    )


def _strings(column: Any) -> list[str]:
    import pyarrow as pa

    if not isinstance(column, pa.DictionaryArray):
        return [cell(value) for value in column.to_pylist()]
    used = column.indices.unique()
    values = [cell(value) for value in column.dictionary.take(used).to_pylist()]
    by_index = dict(zip(used.to_pylist(), values, strict=True))
    return [by_index[index] for index in column.indices.to_pylist()]
