"""Reports: the command's JSON with attributes, the page in a notebook, the result table as an Arrow stream."""

from __future__ import annotations

import json
from typing import Any, Iterator, Optional


class Record:
    """An object of a report's JSON: its fields are attributes, and items."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        try:
            return _wrapped(self._fields[name])
        except KeyError:
            raise AttributeError(f"there is no {name!r}; there are {', '.join(self._fields)}") from None

    def __getitem__(self, name: str) -> Any:
        return _wrapped(self._fields[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._fields]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self._fields == other._fields

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={value!r}' for name, value in self._fields.items())})"

    def __getstate__(self) -> dict[str, Any]:
        return self._fields

    def __setstate__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain Python."""
        return self._fields


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Record(value)
    if isinstance(value, list):
        return [_wrapped(item) for item in value]
    return value


class Report(Record):
    """A report: every field of the command's JSON, and what the command writes with -o."""

    __slots__ = ("_report",)

    def __init__(self, report: Any) -> None:
        super().__init__(json.loads(report.json()))
        self._report = report

    def to_json(self) -> str:
        """The JSON that the command writes."""
        return str(self._report.json())

    def to_html(self) -> str:
        """The page, complete in one file."""
        return str(self._report.html())

    def to_markdown(self) -> str:
        """The page as Markdown."""
        return str(self._report.markdown())

    def to_text(self, details: bool = False) -> str:
        """What the command prints; with every table where details are asked for."""
        return str(self._report.text(details))

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        """The result table, with the columns of the command's CSV and Parquet."""
        return self._report.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return self.to_text()

    def __reduce__(self) -> Any:
        raise TypeError("a report cannot be pickled; to_json() can be kept, and to_dict()")

    def _repr_html_(self) -> str:
        from html import escape

        # A page of its own inside the notebook's: neither's styles reach the other.
        return (
            f'<iframe srcdoc="{escape(self.to_html(), quote=True)}" sandbox="allow-scripts" loading="lazy" '
            'style="width:100%;height:80vh;border:0" title="coldgap"></iframe>'
        )


class GapReport(Report):
    """What `coldgap gap` found. `rows` has one row per cache size, policy and loss."""

    __slots__ = ()

    def policy(self, name: str, loss: str = "nothing") -> Record:
        """The row of this policy and loss ("nothing", "1/8", "100%") at the first cache size."""
        for row in self._fields["rows"]:
            if row["policy"] == name and row["loss"] == loss:
                return Record(row)
        there = sorted({(row["policy"], row["loss"]) for row in self._fields["rows"]})
        raise KeyError(f"there is no {name!r} with loss {loss!r}; there are {there}")


class OutageReport(Report):
    """What `coldgap outage` told. `windows` has one row per window."""

    __slots__ = ()


class CompareReport(Report):
    """What `coldgap compare` found. `changes` has one row per metric, and per loss."""

    __slots__ = ()


class ReplayReport(Report):
    """What `coldgap replay` found. `rows` has one row per cache size and policy."""

    __slots__ = ()
