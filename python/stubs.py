"""Makes coldgap/_report.pyi from the schemas of reports, docs/schema: every field with its type and its meaning.

    python3 stubs.py           # writes it
    python3 stubs.py --check   # fails where it is not what it should be
"""

import json
import sys
from pathlib import Path
from textwrap import indent, wrap

HERE = Path(__file__).resolve().parent
TARGET = HERE / "coldgap" / "_report.pyi"
SCHEMAS = HERE.parent / "docs" / "schema"
# The report's class, by its schema.
REPORTS = {"gap": "GapReport", "outage": "OutageReport", "compare": "CompareReport", "replay": "ReplayReport"}
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

HEAD = '''"""Reports, their fields and what these mean. Made by stubs.py from docs/schema; not written by hand."""

from typing import Any, Iterator, Optional

class _Fields:
    def __init__(self, fields: dict[str, Any]) -> None: ...
    def __getitem__(self, name: str) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    def to_dict(self) -> dict[str, Any]:
        """The fields as plain Python."""

class Record(_Fields):
    """An object of a report's JSON: its fields are attributes, and items."""

    def __getattr__(self, name: str) -> Any: ...

class Report(_Fields):
    """A report: every field of the command's JSON, and what the command writes with -o."""

    def __init__(self, report: Any) -> None: ...
    def to_json(self) -> str:
        """The JSON that the command writes."""
    def to_html(self) -> str:
        """The page, complete in one file."""
    def to_markdown(self) -> str:
        """The page as Markdown."""
    def to_text(self, details: bool = False) -> str:
        """What the command prints; with every table where details are asked for."""
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        """The result table, with the columns of the command's CSV and Parquet."""
    def _repr_html_(self) -> str: ...
'''
POLICY = '''
    def policy(self, name: str, loss: str = "nothing") -> GapRow:
        """The row of this policy and loss ("nothing", "1/8", "100%") at the first cache size."""
'''


def typed(schema, definitions, prefix):
    """The Python type of a schema."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        definition = definitions[name]
        return prefix + name if definition.get("properties") else typed(definition, definitions, prefix)
    if "const" in schema or "enum" in schema:
        return "str"
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return union([typed(part, definitions, prefix) for part in schema[choice]])
    kind = schema.get("type")
    if isinstance(kind, list):
        return union([PLAIN.get(part, "Any") for part in kind])
    if kind == "array":
        return f"list[{typed(schema.get('items', {}), definitions, prefix)}]"
    return "Record" if kind == "object" else PLAIN.get(kind, "Any")


def union(kinds):
    kinds = list(dict.fromkeys(kinds))
    if "Any" in kinds:
        return "Any"
    some = [kind for kind in kinds if kind != "None"]
    kind = some[0] if len(some) == 1 else " | ".join(some)
    return f"Optional[{kind}]" if "None" in kinds else kind


def said(text, depth):
    """A docstring."""
    lines = wrap(" ".join((text or "").split()), 120 - depth)
    if not lines:
        return ""
    text = lines[0] if len(lines) == 1 else "\n".join(lines) + "\n"
    return indent(f'"""{text}"""', " " * depth) + "\n"


def record(name, base, schema, definitions, prefix):
    """A class with a field for each property."""
    out = f"\nclass {name}({base}):\n" + said(schema.get("description"), 4) + "\n"
    for field, about in schema["properties"].items():
        out += f"    {field}: {typed(about, definitions, prefix)}\n" + said(about.get("description"), 4)
    return out


def stubs():
    out = HEAD
    for kind, name in REPORTS.items():
        schema = json.loads((SCHEMAS / f"{kind}.json").read_text())
        definitions, prefix = schema.get("$defs", {}), kind.capitalize()
        for part, definition in definitions.items():
            if definition.get("properties"):
                out += record(prefix + part, "_Fields", definition, definitions, prefix)
        out += record(name, "Report", schema, definitions, prefix) + (POLICY if kind == "gap" else "")
    return out


if __name__ == "__main__":
    if "--check" not in sys.argv:
        TARGET.write_text(stubs())
    elif TARGET.read_text() != stubs():
        sys.exit(f"{TARGET} is old; make it anew: python3 {sys.argv[0]}")
