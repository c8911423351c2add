"""Where something is written and how sure that is: confidence, sources, citations."""

from __future__ import annotations

import enum
from typing import final

import attrs


class Confidence(enum.IntEnum):
    """How a figure is known; a higher value is the stronger claim."""

    UNVERIFIED = 0
    SINGLE_SOURCE = 1
    CORROBORATED = 2
    OFFICIAL = 3

    @property
    def label(self) -> str:
        """The word used in guide files and reports: ``official``, ``single-source`` ..."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def from_label(cls, label: str) -> Confidence:
        """The confidence written as ``label``.

        Raises:
            ValueError: the label is none of the four words; the message lists them.

        """
        for member in cls:
            if member.label == label:
                return member
        known = ", ".join(member.label for member in reversed(cls))
        message = f"{label!r} is no confidence; write one of: {known}"
        raise ValueError(message)


# Citations are gathered in sets of firsts again and again, so their hash is computed once.
@attrs.frozen(kw_only=True, cache_hash=True)
class Source:
    """A text that shows a figure: its key in the document's list, title, addresses and kind."""

    key: str
    title: str
    url: tuple[str, ...] = ()
    kind: str = "unverified"


@attrs.frozen(kw_only=True, cache_hash=True)
class Citation:
    """Where one paragraph, or one line of a table in it, is written, and how sure that is."""

    document: str
    """The document the paragraph stands in, e.g. ``Programme Guide 2019``."""
    paragraph: str
    """The name of the paragraph in this library."""
    line: str | None = None
    """Which line of the paragraph's table, in words; absent for the whole paragraph."""
    section: str | None = None
    """The place in the document, only where a source names it."""
    sources: tuple[Source, ...] = ()
    confidence: Confidence = Confidence.UNVERIFIED
    note: str | None = None
    conflict: str | None = None
    """What another source says instead, where sources disagree."""


@attrs.frozen(kw_only=True)
class Cited:
    """A value that knows where it is written: a paragraph, or a line of a table in one."""

    citation: Citation = attrs.field(repr=False)


@final
@attrs.frozen(kw_only=True)
class Closed(Cited):
    """Stands in place of a paragraph that is not in force; rules that ask for it are *not in force*."""
