"""Who may go, for how long, for how much money: the rules of Erasmus+ International Credit Mobility.

>>> from icm_rules import Mobility, evaluate
>>> report = evaluate(Mobility(call=2019, activity="studies"))
>>> report.overall.value
'cannot tell yet'

Everything named here is loaded on first use. ``evaluate_table`` takes tables and needs the extra ``frames``, and so
does ``compare`` of a table under two Guides; ``compare`` of two agreements does not. For the rest of the room of tables
see ``icm_rules.batch``. ``icm_rules.guide`` is the package of the Guides; the function that gives the Guide of a call
is ``programme_guide`` here.
"""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icm_rules.adapters.agreements import (
        agreement_from_dict,
        agreement_to_dict,
        application_from_dict,
        application_to_dict,
        assessment_from_dict,
    )
    from icm_rules.adapters.charter_list import CharterList, read_charter_list
    from icm_rules.adapters.plain import mobility_from_dict, mobility_to_dict, read_mobilities
    from icm_rules.agreements import Decision, assess
    from icm_rules.batch.table import evaluate_table as evaluate_table
    from icm_rules.comparing import compare
    from icm_rules.engine.answers import Verdict
    from icm_rules.engine.citations import Confidence
    from icm_rules.engine.errors import GuideError, IcmRulesError, InputError, RulebookError
    from icm_rules.engine.facts import fact
    from icm_rules.engine.rulebook import Rulebook
    from icm_rules.engine.rules import rule
    from icm_rules.evaluate import evaluate
    from icm_rules.guide.loading import Guide
    from icm_rules.guide.loading import guide as programme_guide
    from icm_rules.model.agreement import (
        AgreedCondition,
        AgreementStatus,
        CefrLevel,
        InterInstitutionalAgreement,
        Knowledge,
        LanguageRequirement,
    )
    from icm_rules.model.application import (
        Application,
        ApplicationPartner,
        ApplicationState,
        AssessedUnit,
        Assessment,
        AwardResult,
        Flow,
        Score,
    )
    from icm_rules.model.countries import Country
    from icm_rules.model.grant import Grant, GrantLine
    from icm_rules.model.mobility import (
        Agreement,
        AgreementCondition,
        Institution,
        Mobility,
        Signatures,
        Staff,
        Student,
    )
    from icm_rules.model.terms import (
        Activity,
        CharterPrinciple,
        CreditSystem,
        Direction,
        InstitutionKind,
        Stage,
        StudyCycle,
    )
    from icm_rules.report.records import OverallAnswer, Report
    from icm_rules.rules import RULEBOOK
    from icm_rules.rules.agreement.comparison import AgreementComparison, compare_agreements

__version__ = "0.1.0"

__all__ = [
    "RULEBOOK",
    "Activity",
    "AgreedCondition",
    "Agreement",
    "AgreementComparison",
    "AgreementCondition",
    "AgreementStatus",
    "Application",
    "ApplicationPartner",
    "ApplicationState",
    "AssessedUnit",
    "Assessment",
    "AwardResult",
    "CefrLevel",
    "CharterList",
    "CharterPrinciple",
    "Confidence",
    "Country",
    "CreditSystem",
    "Decision",
    "Direction",
    "Flow",
    "Grant",
    "GrantLine",
    "Guide",
    "GuideError",
    "IcmRulesError",
    "InputError",
    "Institution",
    "InstitutionKind",
    "InterInstitutionalAgreement",
    "Knowledge",
    "LanguageRequirement",
    "Mobility",
    "OverallAnswer",
    "Report",
    "Rulebook",
    "RulebookError",
    "Score",
    "Signatures",
    "Staff",
    "Stage",
    "Student",
    "StudyCycle",
    "Verdict",
    "__version__",
    "agreement_from_dict",
    "agreement_to_dict",
    "application_from_dict",
    "application_to_dict",
    "assess",
    "assessment_from_dict",
    "compare",
    "compare_agreements",
    "evaluate",
    "fact",
    "mobility_from_dict",
    "mobility_to_dict",
    "programme_guide",
    "read_charter_list",
    "read_mobilities",
    "rule",
]

# The same as the imports above, which only type checkers read; tests/test_evaluate.py holds them equal.
_ROOMS = {
    "adapters.charter_list": ("CharterList", "read_charter_list"),
    "adapters.agreements": (
        "agreement_from_dict",
        "agreement_to_dict",
        "application_from_dict",
        "application_to_dict",
        "assessment_from_dict",
    ),
    "adapters.plain": ("mobility_from_dict", "mobility_to_dict", "read_mobilities"),
    "batch": ("evaluate_table",),
    "comparing": ("compare",),
    "agreements": ("Decision", "assess"),
    "engine.answers": ("Verdict",),
    "engine.citations": ("Confidence",),
    "engine.errors": ("GuideError", "IcmRulesError", "InputError", "RulebookError"),
    "engine.facts": ("fact",),
    "engine.rulebook": ("Rulebook",),
    "engine.rules": ("rule",),
    "evaluate": ("evaluate",),
    "guide.loading": ("Guide", "programme_guide"),
    "model.agreement": (
        "AgreedCondition",
        "AgreementStatus",
        "CefrLevel",
        "InterInstitutionalAgreement",
        "Knowledge",
        "LanguageRequirement",
    ),
    "model.application": (
        "Application",
        "ApplicationPartner",
        "ApplicationState",
        "AssessedUnit",
        "Assessment",
        "AwardResult",
        "Flow",
        "Score",
    ),
    "model.countries": ("Country",),
    "model.grant": ("Grant", "GrantLine"),
    "model.mobility": (
        "Agreement",
        "AgreementCondition",
        "Institution",
        "Mobility",
        "Signatures",
        "Staff",
        "Student",
    ),
    "model.terms": (
        "Activity",
        "CharterPrinciple",
        "CreditSystem",
        "Direction",
        "InstitutionKind",
        "Stage",
        "StudyCycle",
    ),
    "report.records": ("OverallAnswer", "Report"),
    "rules": ("RULEBOOK",),
    "rules.agreement.comparison": ("AgreementComparison", "compare_agreements"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}
_NAME_IN_ROOM = {"programme_guide": "guide"}
# What needs an extra is not in __all__: `from icm_rules import *` must do without.
_NEEDING_FRAMES = _ROOMS["batch"]


def __getattr__(name: str) -> object:
    """Load what is named on first use."""
    if name not in _ROOM_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{_ROOM_OF[name]}"), _NAME_IN_ROOM.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What is offered here, loaded or not, and what has been loaded besides."""
    from importlib.util import find_spec

    has_frames = all(find_spec(name) for name in ("numpy", "pyarrow", "narwhals"))
    return sorted({*globals(), *__all__, *(_NEEDING_FRAMES if has_frames else ())})


class _FrontDoor(types.ModuleType):
    """The package as a module in which ``evaluate`` is always the function.

    The import system hangs every module it loads into its package under its own name: whoever imports the module
    ``icm_rules.evaluate`` first would otherwise find a module where the function should be.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, but let no module take the place of a function."""
        if not (name in _ROOM_OF and isinstance(value, types.ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _FrontDoor
