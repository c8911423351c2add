"""The resolved Guides as they are kept beside the tests: every figure with its sources and confidence, line by line.

After a change that is meant, ``python -m tests.guide.snapshots`` in the root of the project writes them anew.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from icm_rules.engine.citations import Citation, Cited, Closed
from icm_rules.guide import Guide, calls, guide

DIRECTORY = Path(__file__).parent / "snapshots"


def resolved(asked: Guide) -> str:
    """The whole Guide as JSON, the same for the same Guide."""
    whole = {
        "call": asked.call,
        "title": asked.title,
        "amends": asked.amends,
        "paragraphs": {name: _record(provision) for name, provision in asked.provisions.items()},
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _record(record: Cited) -> dict[str, Any]:
    told: dict[str, Any] = {"in_force": False} if isinstance(record, Closed) else {}
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        if field.name == "citation":
            told |= _citation(value)
        elif field.name == "lines":
            told["lines"] = {line.label: _record(line) for line in value}
        else:
            told[field.name] = _plain(value)
    return told


def _citation(citation: Citation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "confidence": citation.confidence.label,
        "sources": " ".join(source.key for source in citation.sources),
    }
    for name in ("section", "note", "conflict"):
        if getattr(citation, name) is not None:
            told[name] = getattr(citation, name)
    return told


def _plain(value: object) -> object:
    """A value as JSON has it; sets and mappings in order, on one line."""
    match value:
        case Decimal() | dt.date():
            return str(value)
        case frozenset():
            return " ".join(str(item) for item in sorted(value))
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return dict(sorted(value.items()))
        case _:
            return value


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for year in calls():
        (DIRECTORY / f"{year}.json").write_text(resolved(guide(year)), encoding="utf-8")
