"""What of the Guides is below official, the weakest first: what to look up first; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable

from icm_rules.engine.citations import Cited, Closed, Confidence
from icm_rules.guide import loading
from icm_rules.guide.loading import Guide
from icm_rules.guide.provisions import Line, Provision
from icm_rules.guide.wording import (
    SAYS_WHICH_LINE,
    in_words,
    keys,
    listed_sources,
    own_fields,
    underlined,
    words,
    wrapped,
)


def weakest(provision: Provision | Closed) -> Confidence:
    """How sure the paragraph is with all its lines: as sure as the weakest of them."""
    return min(record.citation.confidence for record in (provision, *_lines(provision)))


def audit(calls: Iterable[int] | None = None) -> str:
    """Every figure below official with its sources, grouped by call, the weakest first.

    Without ``calls`` it is of every call of this version.

    Raises:
        GuideError: there is no Guide of a call.

    """
    guides = [loading.guide(call) for call in (loading.calls() if calls is None else calls)]
    told = [*underlined("Figures below official, the weakest first"), ""]
    told += _counts(guides)
    doubtful: list[Cited] = []
    for guide in guides:
        told += ["", "", *underlined(f"Call {guide.call}", "-")]
        for confidence in Confidence:
            if confidence is Confidence.OFFICIAL:
                continue
            some = [
                (name, record)
                for name, provision in guide.provisions.items()
                for record in _figures(provision)
                if record.citation.confidence is confidence
            ]
            if some:
                told += ["", confidence.label]
            for name, record in some:
                told += wrapped(_told(name, record), indent=2, hanging=6)
            doubtful += [record for _, record in some]
    told += ["", "", *underlined("Sources", "-"), "", *listed_sources(doubtful)]
    return "\n".join(told) + "\n"


def _lines(provision: Provision | Closed) -> tuple[Line, ...]:
    lines: tuple[Line, ...] = getattr(provision, "lines", ())
    return lines


def _figures(provision: Provision | Closed) -> list[Cited]:
    """The lines of a table, and the paragraph itself where it has none or is less sure than all of them."""
    lines = list(_lines(provision))
    if lines and provision.citation.confidence >= min(line.citation.confidence for line in lines):
        return [*lines]
    return [provision, *lines]


def _told(name: str, record: Cited) -> str:
    about = words(name) if record.citation.line is None else f"{words(name)}, {record.citation.line}"
    if isinstance(record, Closed):
        figures = "not in force"
    else:
        figures = "; ".join(
            f"{words(field)} {value}"
            for field, given in own_fields(record).items()
            if (value := in_words(field, given)) and not (isinstance(record, Line) and field in SAYS_WHICH_LINE)
        )
    if not figures:
        figures = "no line" if hasattr(record, "lines") and not record.lines else "as a whole"
    told = f"{about}: {figures} [{keys(record.citation.sources)}]"
    return told if record.citation.conflict is None else f"{told}; conflict: {record.citation.conflict}"


def _counts(guides: Iterable[Guide]) -> list[str]:
    """How many figures are how sure, call by call."""
    columns = [confidence.label for confidence in reversed(Confidence)]
    told = ["call  " + "  ".join(columns)]
    for guide in guides:
        sure = [record.citation.confidence for provision in guide.provisions.values() for record in _figures(provision)]
        numbers = [f"{sure.count(Confidence.from_label(label)):>{len(label)}}" for label in columns]
        told.append(f"{guide.call}  " + "  ".join(numbers))
    return told
