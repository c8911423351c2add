"""The Programme Guides as data: one file a call, completed, checked and cited.

>>> from icm_rules.guide import guide
>>> guide(2018)["teaching_minimum"].minimum_per_week
8
"""

from icm_rules.guide.loading import Guide, calls, guide, load

__all__ = ["Guide", "calls", "guide", "load"]
