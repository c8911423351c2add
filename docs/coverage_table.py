"""The page ``docs/coverage.md``: how sure each paragraph of each call is.

``python docs/coverage_table.py`` writes it anew.
"""  # noqa: INP001 - docs is a folder of pages, not a package

from __future__ import annotations

from pathlib import Path

from icm_rules.engine.citations import Closed, Confidence
from icm_rules.guide import calls, guide
from icm_rules.guide.audit import weakest
from icm_rules.guide.provisions import PARAGRAPHS, Provision
from icm_rules.guide.wording import HEADINGS, words

PAGE = Path(__file__).with_name("coverage.md")

_HEAD = """\
# How sure the Guides are

For each paragraph and call, how sure the weakest of its figures is. This page is made from the guide files by
`python docs/coverage_table.py`; the figures themselves, each with its sources, are told by `icm-rules guide show`, and
those below *official* by `icm-rules guide audit`.

| word | what it means |
| --- | --- |
| official | seen in an official text or a copy of one |
| corroborated | two or more secondary sources |
| single-source | one secondary source, or an inference that says so |
| unverified | a figure is given, and was seen in no text for this call |
| missing | no figure: the paragraph is closed because nothing was seen |
| closed: ... | no figure: not in force in this call, and how sure that is |

In the calls 2015 to 2020 the action is KA107, from call 2022 on KA171; there was no call in 2021. A refusal that
rests only on what is unverified is *undetermined*.
"""


def page() -> str:
    """The whole page."""
    guides = [guide(call) for call in calls()]
    told = [_HEAD]
    for name in PARAGRAPHS:
        if name in HEADINGS:
            told += ["", f"## {HEADINGS[name]}", "", _row("paragraph", [str(one.call) for one in guides])]
            told.append(_row("---", ["---"] * len(guides)))
        told.append(_row(words(name), [_cell(one.provisions[name]) for one in guides]))
    told += ["", "## In numbers", "", "How many of the paragraphs are how sure.", ""]
    kinds = [*(confidence.label for confidence in reversed(Confidence)), "missing", "closed"]
    told += [_row("call", kinds), _row("---", ["---"] * len(kinds))]
    for one in guides:
        cells = [_cell(provision).partition(":")[0] for provision in one.provisions.values()]
        told.append(_row(str(one.call), [str(cells.count(kind)) for kind in kinds]))
    return "\n".join(told) + "\n"


def _cell(provision: Provision | Closed) -> str:
    sure = weakest(provision)
    if not isinstance(provision, Closed):
        return sure.label
    return "missing" if sure is Confidence.UNVERIFIED else f"closed: {sure.label}"


def _row(first: str, cells: list[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
