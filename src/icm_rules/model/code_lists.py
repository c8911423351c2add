"""Closed lists of codes that others keep: fields of education (ISCED-F 2013) and National Agencies.

Each list is data beside this module, with where it is from; each code can be cited as a paragraph of a Guide is.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from icm_rules.engine.citations import Citation, Cited, Confidence, Source
from icm_rules.model.countries import Country


@attrs.frozen(kw_only=True)
class IscedField(Cited):
    """A field of education of ISCED-F 2013."""

    code: str
    kind: str
    """``broad``, ``narrow`` and ``detailed`` fields; the others are residual: ``not-further-defined``,
    ``inter-disciplinary``, ``not-elsewhere-classified``, ``unknown``."""
    label: str


@attrs.frozen(kw_only=True)
class NationalAgency(Cited):
    """A National Agency by its code: the country as the European institutions write it, and two digits."""

    code: str
    country: Country
    was_seen: bool
    """Whether the code was read in a public project number; the others are plausible and not confirmed."""


@functools.cache
def isced_fields() -> Mapping[str, IscedField]:
    """Every code of two, three and four digits of ISCED-F 2013 in its European list, by the code."""
    table = _read("isced_f_2013.json")
    citation = _citation(table, "isced_f_2013", Confidence.OFFICIAL)
    return MappingProxyType(
        {
            code: IscedField(code=code, kind=kind, label=label, citation=attrs.evolve(citation, line=code))
            for code, (kind, label) in table["fields"].items()
        }
    )


@functools.cache
def isced_list() -> Cited:
    """The list of fields of education as a whole, for whoever says that a code is not in it."""
    return Cited(citation=_citation(_read("isced_f_2013.json"), "isced_f_2013", Confidence.OFFICIAL))


@functools.cache
def national_agencies() -> Mapping[str, NationalAgency]:
    """The codes of National Agencies that were seen or are plausible, by the code; the list is open.

    An agency whose code is not here may exist: only the country of a code can be relied upon.
    """
    table = _read("national_agencies.json")
    citation = _citation(table, "national_agencies", Confidence.UNVERIFIED)
    found = {}
    for code, (country, status, _) in table["agencies"].items():
        was_seen = status == "seen"
        sure = Confidence.SINGLE_SOURCE if was_seen else Confidence.UNVERIFIED
        found[code] = NationalAgency(
            code=code,
            country=Country(country),
            was_seen=was_seen,
            citation=attrs.evolve(citation, line=code, confidence=sure, sources=citation.sources if was_seen else ()),
        )
    return MappingProxyType(found)


def _read(name: str) -> Mapping[str, Any]:
    from importlib import resources  # needed once, when the first code is met

    table: Mapping[str, Any] = json.loads(resources.files("icm_rules.model").joinpath(name).read_text("utf-8"))
    return table


def _citation(table: Mapping[str, Any], paragraph: str, confidence: Confidence) -> Citation:
    sources = tuple(
        Source(
            key=f"{paragraph}_{number}",
            title=entry["title"],
            url=(entry["url"],) if "url" in entry else (),
            kind="code_list",
        )
        for number, entry in enumerate(table["source"], start=1)
    )
    return Citation(document=table["title"], paragraph=paragraph, sources=sources, confidence=confidence)
