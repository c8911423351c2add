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
    from icm_rules.adapters.projects import project_from_dict, read_project
    from icm_rules.adapters.recognition import document_from_dict, document_to_dict, read_document
    from icm_rules.agreements import Decision, assess
    from icm_rules.batch.table import evaluate_table as evaluate_table
    from icm_rules.checklists import checklist
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
    from icm_rules.model.credits import CreditRange, Credits
    from icm_rules.model.documents import Documents, LocalLimits
    from icm_rules.model.grading import GradingTable
    from icm_rules.model.grant import Grant, GrantLine
    from icm_rules.model.learning_agreement import (
        AgreementChanges,
        AgreementVersion,
        ChangedComponent,
        Component,
        LearningAgreement,
    )
    from icm_rules.model.mobility import (
        Agreement,
        AgreementCondition,
        Institution,
        Mobility,
        Signatures,
        Staff,
        Student,
    )
    from icm_rules.model.project import Envelope, Project, ProjectMobility
    from icm_rules.model.terms import (
        Activity,
        CharterPrinciple,
        CreditSystem,
        Direction,
        InstitutionKind,
        Stage,
        StudyCycle,
    )
    from icm_rules.model.transcript import (
        ComponentDecision,
        RecognitionDecision,
        TranscriptComponent,
        TranscriptOfRecords,
    )
    from icm_rules.recognise import RECOGNITION_RULEBOOK, Recognition, check_recognition, recognise
    from icm_rules.report.checklist import Checklist
    from icm_rules.report.project import ProjectReport
    from icm_rules.report.records import OverallAnswer, Report
    from icm_rules.report.settlement import Settlement
    from icm_rules.rules import RULEBOOK
    from icm_rules.rules.agreement.comparison import AgreementComparison, compare_agreements
    from icm_rules.rules.learning_agreement.settling import RecognitionRecord, settle_recognition
    from icm_rules.scales import (
        CreditConversion,
        CreditScheme,
        GradeConversion,
        GradingScale,
        RecognitionPolicy,
        convert_credits,
        convert_grade,
        credits_from_ects,
    )
    from icm_rules.settle import settle

__version__ = "0.1.0"

__all__ = [
    "RECOGNITION_RULEBOOK",
    "RULEBOOK",
    "Activity",
    "AgreedCondition",
    "Agreement",
    "AgreementChanges",
    "AgreementComparison",
    "AgreementCondition",
    "AgreementStatus",
    "AgreementVersion",
    "Application",
    "ApplicationPartner",
    "ApplicationState",
    "AssessedUnit",
    "Assessment",
    "AwardResult",
    "CefrLevel",
    "ChangedComponent",
    "CharterList",
    "CharterPrinciple",
    "Checklist",
    "Component",
    "ComponentDecision",
    "Confidence",
    "Country",
    "CreditConversion",
    "CreditRange",
    "CreditScheme",
    "CreditSystem",
    "Credits",
    "Decision",
    "Direction",
    "Documents",
    "Envelope",
    "Flow",
    "GradeConversion",
    "GradingScale",
    "GradingTable",
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
    "LearningAgreement",
    "LocalLimits",
    "Mobility",
    "OverallAnswer",
    "Project",
    "ProjectMobility",
    "ProjectReport",
    "Recognition",
    "RecognitionDecision",
    "RecognitionPolicy",
    "RecognitionRecord",
    "Report",
    "Rulebook",
    "RulebookError",
    "Score",
    "Settlement",
    "Signatures",
    "Staff",
    "Stage",
    "Student",
    "StudyCycle",
    "TranscriptComponent",
    "TranscriptOfRecords",
    "Verdict",
    "__version__",
    "agreement_from_dict",
    "agreement_to_dict",
    "application_from_dict",
    "application_to_dict",
    "assess",
    "assessment_from_dict",
    "check_recognition",
    "checklist",
    "compare",
    "compare_agreements",
    "convert_credits",
    "convert_grade",
    "credits_from_ects",
    "document_from_dict",
    "document_to_dict",
    "evaluate",
    "fact",
    "mobility_from_dict",
    "mobility_to_dict",
    "programme_guide",
    "project_from_dict",
    "read_charter_list",
    "read_document",
    "read_mobilities",
    "read_project",
    "recognise",
    "rule",
    "settle",
    "settle_recognition",
]

# The same as the imports above, which only type checkers read; tests/test_evaluate.py holds them equal.
_ROOMS = {
    "adapters.agreements": (
        "agreement_from_dict",
        "agreement_to_dict",
        "application_from_dict",
        "application_to_dict",
        "assessment_from_dict",
    ),
    "adapters.charter_list": ("CharterList", "read_charter_list"),
    "adapters.plain": ("mobility_from_dict", "mobility_to_dict", "read_mobilities"),
    "adapters.projects": ("project_from_dict", "read_project"),
    "adapters.recognition": ("document_from_dict", "document_to_dict", "read_document"),
    "agreements": ("Decision", "assess"),
    "batch": ("evaluate_table",),
    "checklists": ("checklist",),
    "comparing": ("compare",),
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
    "model.credits": ("CreditRange", "Credits"),
    "model.documents": ("Documents", "LocalLimits"),
    "model.grading": ("GradingTable",),
    "model.grant": ("Grant", "GrantLine"),
    "model.learning_agreement": (
        "AgreementChanges",
        "AgreementVersion",
        "ChangedComponent",
        "Component",
        "LearningAgreement",
    ),
    "model.mobility": (
        "Agreement",
        "AgreementCondition",
        "Institution",
        "Mobility",
        "Signatures",
        "Staff",
        "Student",
    ),
    "model.project": ("Envelope", "Project", "ProjectMobility"),
    "model.terms": (
        "Activity",
        "CharterPrinciple",
        "CreditSystem",
        "Direction",
        "InstitutionKind",
        "Stage",
        "StudyCycle",
    ),
    "model.transcript": ("ComponentDecision", "RecognitionDecision", "TranscriptComponent", "TranscriptOfRecords"),
    "recognise": ("RECOGNITION_RULEBOOK", "Recognition", "check_recognition", "recognise"),
    "report.checklist": ("Checklist",),
    "report.project": ("ProjectReport",),
    "report.records": ("OverallAnswer", "Report"),
    "report.settlement": ("Settlement",),
    "rules": ("RULEBOOK",),
    "rules.agreement.comparison": ("AgreementComparison", "compare_agreements"),
    "rules.learning_agreement.settling": ("RecognitionRecord", "settle_recognition"),
    "scales": (
        "CreditConversion",
        "CreditScheme",
        "GradeConversion",
        "GradingScale",
        "RecognitionPolicy",
        "convert_credits",
        "convert_grade",
        "credits_from_ects",
    ),
    "settle": ("settle",),
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
