"""A comparison as a figure of matplotlib; needs the extra ``plots``. It decides nothing.

The figure is made without pyplot, so nothing of the session is changed and no window opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from icm_rules.batch.comparison import Comparison

MOST_GROUPS = 15
"""So many groups are drawn: those that differ most."""
_WIDTH, _HEIGHT = 9.0, 4.5
"""The size of one panel [inches]."""
_BEFORE, _AFTER = "#7f8fa6", "#2f6f9f"
_LOST, _SAME, _GAINED = "#b5523b", "#9a9a9a", "#3b7d4f"


def figure_of(comparison: Comparison, edges: Iterable[int | str | Decimal]) -> Figure:
    """How many rows have which difference; and where there are groups, the amounts before and after of each.

    Raises:
        InputError: an edge of the histogram is no number.

    """
    counts = comparison.histogram(edges)
    panels = 2 if comparison.by else 1
    figure = Figure(figsize=(_WIDTH, _HEIGHT * panels), layout="constrained")
    axes = figure.subplots(panels, squeeze=False)
    figure.suptitle(f"From {comparison.before.name}\nto {comparison.after.name}", fontsize="medium")
    _draw_differences(axes[0][0], counts)
    if comparison.by:
        _draw_groups(axes[1][0], comparison.by, comparison.totals.to_pylist())
    return figure


def _draw_differences(axes: Axes, counts: Mapping[str, int]) -> None:
    names = list(counts)
    same = names.index("no difference")
    colours = [_LOST if place < same else _GAINED if place > same else _SAME for place in range(len(names))]
    bars = axes.bar(range(len(names)), list(counts.values()), color=colours)
    axes.bar_label(bars, labels=[f"{number:,}" if number else "" for number in counts.values()], fontsize="small")
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right", fontsize="small")
    axes.set_title("Rows by difference [EUR]", loc="left", fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)


def _draw_groups(axes: Axes, by: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    rows = sorted(rows, key=lambda row: -abs(row["difference_eur"]))[:MOST_GROUPS][::-1]
    places = range(len(rows))
    for side, colour, shift in (("after", _AFTER, -0.2), ("before", _BEFORE, 0.2)):
        amounts = [float(row[f"{side}_eur"]) for row in rows]  # a drawing needs no cents
        axes.barh([place + shift for place in places], amounts, height=0.4, color=colour, label=side)
    axes.set_yticks(places, [" / ".join(row[name] or "not told" for name in by) for row in rows], fontsize="small")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_title(f"Grants by {' and '.join(by)} [EUR]", loc="left", fontsize="medium")
    axes.legend(reverse=True, frameon=False, fontsize="small")
    axes.spines[["top", "right"]].set_visible(False)
