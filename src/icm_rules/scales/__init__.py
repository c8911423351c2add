"""Credit systems, grading scales and conversion policies as data, and what is computed from them.

``loading`` reads the files, ``credits`` converts credits, ``grades`` converts grades by scales and ``tables`` compares
grading tables. Every conversion says by which method, by which policy and from what source.
"""

from icm_rules.scales.credits import CREDIT_METHODS, CreditConversion, convert_credits, credits_from_ects
from icm_rules.scales.grades import GradeConversion, convert_grade
from icm_rules.scales.loading import (
    CreditScheme,
    Figure,
    GradingScale,
    RecognitionPolicy,
    credit_schemes,
    figure,
    figures,
    grading_scales,
    recognition_policies,
    recognition_policy,
)

__all__ = [
    "CREDIT_METHODS",
    "CreditConversion",
    "CreditScheme",
    "Figure",
    "GradeConversion",
    "GradingScale",
    "RecognitionPolicy",
    "convert_credits",
    "convert_grade",
    "credit_schemes",
    "credits_from_ects",
    "figure",
    "figures",
    "grading_scales",
    "recognition_policies",
    "recognition_policy",
]
