"""The head of next year's file, with every paragraph to be confirmed; decides nothing."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Any

from icm_rules.engine.citations import Closed
from icm_rules.engine.errors import GuideError
from icm_rules.guide.loading import calls, guide
from icm_rules.guide.provisions import Line, Provision
from icm_rules.guide.wording import HEADINGS, own_fields

_TO_BE_CONFIRMED = "to be confirmed"
_TO_BE_WRITTEN = "write anew: it has dates of {before}"


def new_year(call: int) -> str:
    """The text of a new guide file: it amends the call before, and claims every paragraph unchanged and unverified.

    It can be loaded as it is. Whoever adds the year goes through it from the top: each claim is confirmed with a
    source, or taken out and the paragraph written below.

    Raises:
        GuideError: the call is there already, the one before it is not, or there was no such call.

    """
    before = call - 1
    there = [held for held in calls() if held != call or _is_written(held)]
    if call in there:
        message = f"{call}.toml is there already: name a later call, for example {there[-1] + 1}"
        raise GuideError(message)
    if call < there[-1]:
        guide(call)  # says why there is no Guide of that call
    if before not in there:
        message = (
            f"there is no Guide of call {before} for {call}.toml to amend: write that of call {there[-1] + 1} "
            "first, or a full file if a programme period begins"
        )
        raise GuideError(message)
    told = [
        f"# The Programme Guide of call {call}: what differs from {before}.",
        "",
        f"call   = {call}",
        f"amends = {before}",
        f'title  = "Programme Guide {call}"',
        "",
        "[unchanged]                      # seen for this call as before: where, and how sure",
    ]
    provisions = guide(before).provisions
    width = max(map(len, provisions))
    for name, provision in provisions.items():
        if name in HEADINGS:
            told.append(f"# {HEADINGS[name].lower()}")
        todo = _TO_BE_WRITTEN.format(before=before) if _is_dated(provision, before) else _TO_BE_CONFIRMED
        told.append(f'{name:<{width}} = {{ source = [], confidence = "unverified" }}  # {todo}')
    return "\n".join(told) + "\n"


def _is_written(call: int) -> bool:
    """Whether the file holds anything: a shell that writes to it makes it, empty, before the text is asked for."""
    text = resources.files("icm_rules.guide").joinpath(f"{call}.toml").read_text(encoding="utf-8")
    return bool(text.strip())


def _is_dated(provision: Provision | Closed, year: int) -> bool:
    lines: tuple[Line, ...] = getattr(provision, "lines", ())
    values: list[Any] = [value for record in (provision, *lines) for value in own_fields(record).values()]
    return any(isinstance(value, date) and value.year == year for value in values)
