"""What the answers for one mobility are in plain language, with where each is written; nothing is decided here.

``records`` says what a report holds, ``telling`` which sections it has, ``layout`` how they become text, Markdown and
HTML.
"""

from icm_rules.report.records import (
    FORMAT,
    Assumption,
    Heading,
    MissingFact,
    OutcomeReport,
    OverallAnswer,
    Report,
    Words,
    report_of,
)

__all__ = [
    "FORMAT",
    "Assumption",
    "Heading",
    "MissingFact",
    "OutcomeReport",
    "OverallAnswer",
    "Report",
    "Words",
    "report_of",
]
