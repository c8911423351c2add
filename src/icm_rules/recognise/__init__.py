"""The road of a recognition: learning agreement and transcript go in, the record and a report of the rules come out.

The rules on documents stand in a rulebook of their own: they ask for whole documents, and neither a single check of a
mobility nor a table of them has use for these.
"""

from icm_rules.recognise.checking import (
    RECOGNITION_RULEBOOK,
    SHORT_STAY_READINGS,
    Recognition,
    check_recognition,
    recognise,
)
from icm_rules.rules.learning_agreement.settling import RecognitionRecord, settle_recognition

__all__ = [
    "RECOGNITION_RULEBOOK",
    "SHORT_STAY_READINGS",
    "Recognition",
    "RecognitionRecord",
    "check_recognition",
    "recognise",
    "settle_recognition",
]
