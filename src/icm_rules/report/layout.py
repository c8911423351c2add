"""How a told report becomes text, Markdown and HTML: one arrangement of sections and blocks, written three ways."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator

import attrs


@attrs.frozen
class Prose:
    """A paragraph."""

    text: str


@attrs.frozen
class Item:
    """A point of a list, and the lines that belong to it."""

    text: str
    details: tuple[str, ...] = ()


@attrs.frozen
class Items:
    """A list of points."""

    items: tuple[Item, ...]


@attrs.frozen
class Row:
    """A row of a table, and the lines that belong to it; ``is_sum`` sets it apart."""

    cells: tuple[str, ...]
    details: tuple[str, ...] = ()
    is_sum: bool = False


@attrs.frozen
class Table:
    """A table of two columns or more; the first takes the room the others leave."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    amounts_last: bool = False
    """Whether the last column holds amounts, which stand to the right."""


Block = Prose | Items | Table


@attrs.frozen
class Section:
    """A part of the report under its own heading."""

    title: str
    blocks: tuple[Block, ...]


@attrs.frozen
class Document:
    """A whole report: a title, what it speaks of, the answer, and the sections."""

    title: str
    lines: tuple[str, ...]
    answer: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]


def clean(text: str) -> str:
    """The text on one line and without signs that would steer a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(text.split()))


# --- text --------------------------------------------------------------------------------------------------

_NARROWEST = 40
_GAP = "  "


def as_text(document: Document, *, width: int) -> str:
    """Plain text, lines of at most ``width`` letters (at least 40), ending in a line break."""
    return "\n".join(line.rstrip() for line in _text_lines(document, max(width, _NARROWEST))) + "\n"


def _text_lines(document: Document, width: int) -> Iterator[str]:
    title = _wrapped(document.title, width)
    yield from title
    yield "=" * max(map(len, title))
    for line in document.lines:
        yield from _wrapped(line, width)
    yield ""
    yield from _wrapped(f"Answer: {document.answer}", width)
    for line in document.summary:
        yield from _wrapped(line, width)
    for section in document.sections:
        yield ""
        yield section.title
        yield "-" * len(section.title)
        for block in section.blocks:
            match block:
                case Prose():
                    yield from _wrapped(block.text, width)
                case Items():
                    for item in block.items:
                        yield from _wrapped(item.text, width, first="- ", rest="  ")
                        for detail in item.details:
                            yield from _wrapped(detail, width, first="    ", rest="      ")
                case Table():
                    yield from _table_lines(block, width)


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "", break_words: bool = False) -> list[str]:
    return textwrap.wrap(
        clean(text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=break_words,
        break_on_hyphens=False,
    )


def _table_lines(table: Table, width: int) -> Iterator[str]:
    widths = _column_widths(table, width)
    yield from _row_lines(table.header, widths, table)
    yield _GAP.join("-" * room for room in widths)
    for row in table.rows:
        if row.is_sum:
            yield _GAP.join("-" * room for room in widths)
        yield from _row_lines(row.cells, widths, table)
        for detail in row.details:
            yield from _wrapped(detail, width, first="    ", rest="      ")


def _column_widths(table: Table, width: int) -> list[int]:
    """The room of each column: what it needs, or a fair part of what there is; the first gives way first.

    The column beside it gives way in turn before a word of the first is broken.
    """
    columns = list(zip(*(row.cells for row in table.rows), strict=True)) or [()] * len(table.header)
    needs = [
        max(len(clean(text)) for text in (title, *cells)) for title, cells in zip(table.header, columns, strict=True)
    ]
    left = width - len(_GAP) * (len(needs) - 1)
    rooms = []
    for need in reversed(needs[1:]):
        rooms.append(min(need, max(left // 2, left - needs[0])))
        left -= rooms[-1]
    lacking = max(0, _longest_word(table.header[0], *columns[0]) - left)
    given_up = min(lacking, max(0, rooms[-1] - _longest_word(table.header[1], *columns[1])))
    rooms[-1] -= given_up
    return [min(needs[0], left + given_up), *reversed(rooms)]


def _longest_word(*texts: str) -> int:
    return max((len(word) for text in texts for word in clean(text).split()), default=0)


def _row_lines(cells: tuple[str, ...], widths: list[int], table: Table) -> Iterator[str]:
    wrapped = [_wrapped(cell, room, break_words=True) or [""] for cell, room in zip(cells, widths, strict=True)]
    for number in range(max(map(len, wrapped))):
        pieces = []
        for column, (lines, room) in enumerate(zip(wrapped, widths, strict=True)):
            piece = lines[number] if number < len(lines) else ""
            to_the_right = table.amounts_last and column == len(widths) - 1
            pieces.append(piece.rjust(room) if to_the_right else piece.ljust(room))
        yield _GAP.join(pieces)


# --- Markdown ----------------------------------------------------------------------------------------------

_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>#|~&])")


def as_markdown(document: Document) -> str:
    """Markdown with tables, ending in a line break."""
    blocks = [f"# {_marked(document.title)}", "  \n".join(map(_marked, document.lines))]
    blocks += [f"**Answer: {_marked(document.answer)}**", "  \n".join(map(_marked, document.summary))]
    for section in document.sections:
        blocks.append(f"## {_marked(section.title)}")
        blocks += map(_markdown_block, section.blocks)
    return "\n\n".join(filter(None, blocks)) + "\n"


def _marked(text: str) -> str:
    """The text with a stroke before every sign that Markdown would read."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", clean(text))


def _markdown_block(block: Block) -> str:
    match block:
        case Prose():
            return _marked(block.text)
        case Items():
            return "\n".join(
                "\n".join([f"- {_marked(item.text)}", *(f"  - {_marked(detail)}" for detail in item.details)])
                for item in block.items
            )
        case Table():
            return "\n".join(_markdown_table(block))


def _markdown_table(table: Table) -> Iterator[str]:
    yield _markdown_row(map(_marked, table.header))
    last = "---:" if table.amounts_last else "---"
    yield _markdown_row([*["---"] * (len(table.header) - 1), last])
    for row in table.rows:
        cells = [f"**{_marked(cell)}**" if row.is_sum and cell else _marked(cell) for cell in row.cells]
        # A table of Markdown has no rows across, so the lines of a row stand in its first cell.
        cells[0] = "<br>".join([cells[0], *map(_marked, row.details)])
        yield _markdown_row(cells)


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


# --- HTML --------------------------------------------------------------------------------------------------

# Colours are those of the page around it, so that it can be read on light and on dark ground.
_STYLE = (
    ".icm-report{font-family:inherit;color:inherit;line-height:1.45;max-width:60em}"
    ".icm-report h2{font-size:1.3em;margin:.2em 0}"
    ".icm-report h3{font-size:1.1em;margin:1em 0 .3em}"
    ".icm-report p{margin:.2em 0}"
    ".icm-report .answer{font-size:1.1em;font-weight:bold;border-left:.25em solid currentColor;padding-left:.6em;"
    "margin:.6em 0}"
    ".icm-report .detail{font-size:.9em;opacity:.8;margin:.1em 0 .1em 1.2em}"
    ".icm-report table{border-collapse:collapse;color:inherit;background:none}"
    ".icm-report th,.icm-report td{border:0;border-bottom:1px solid rgba(128,128,128,.4);padding:.25em .8em .25em 0;"
    "text-align:left;vertical-align:top;color:inherit;background:none}"
    ".icm-report .amount{text-align:right;white-space:nowrap}"
    ".icm-report .sum td{font-weight:bold}"
)


def as_html(document: Document) -> str:
    """A piece of HTML: one ``div`` with its own style, without scripts, every text escaped."""
    parts = [f"<style>{_STYLE}</style>", f"<h2>{_escaped(document.title)}</h2>"]
    parts += [f"<p>{_escaped(line)}</p>" for line in document.lines]
    parts.append(f'<p class="answer">Answer: {_escaped(document.answer)}</p>')
    parts += [f"<p>{_escaped(line)}</p>" for line in document.summary]
    for section in document.sections:
        parts.append(f"<h3>{_escaped(section.title)}</h3>")
        parts += map(_html_block, section.blocks)
    return '<div class="icm-report">' + "\n".join(parts) + "</div>\n"


def _escaped(text: str) -> str:
    return html.escape(clean(text), quote=True)


def _html_details(details: tuple[str, ...]) -> str:
    return "".join(f'<div class="detail">{_escaped(detail)}</div>' for detail in details)


def _html_block(block: Block) -> str:
    match block:
        case Prose():
            return f"<p>{_escaped(block.text)}</p>"
        case Items():
            points = (f"<li>{_escaped(item.text)}{_html_details(item.details)}</li>" for item in block.items)
            return "<ul>" + "\n".join(points) + "</ul>"
        case Table():
            return _html_table(block)


def _html_table(table: Table) -> str:
    last = ' class="amount"' if table.amounts_last else ""

    def row(cells: tuple[str, ...], tag: str) -> str:
        marks = [*[""] * (len(cells) - 1), last]
        return "".join(f"<{tag}{mark}>{_escaped(cell)}</{tag}>" for cell, mark in zip(cells, marks, strict=True))

    lines = [f"<thead><tr>{row(table.header, 'th')}</tr></thead><tbody>"]
    for each in table.rows:
        opening = '<tr class="sum">' if each.is_sum else "<tr>"
        lines.append(f"{opening}{row(each.cells, 'td')}</tr>")
        if each.details:
            lines.append(f'<tr><td colspan="{len(each.cells)}">{_html_details(each.details)}</td></tr>')
    return "<table>" + "\n".join(lines) + "</tbody></table>"
