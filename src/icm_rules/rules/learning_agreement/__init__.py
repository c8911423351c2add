"""What learning agreement and transcript say, and what of it is to be recognised.

``agreement`` and ``transcript`` hold the rules, ``settling`` what is owed, ``given`` the facts that the documents tell.
These rules ask for whole documents, so they stand in a rulebook of their own and not in that of mobilities and tables.
"""

from __future__ import annotations

from types import ModuleType

from icm_rules.rules.learning_agreement import agreement, transcript

PARTS: tuple[ModuleType, ...] = (agreement, transcript)
"""The modules that hold facts and rules."""
