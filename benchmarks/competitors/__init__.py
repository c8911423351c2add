"""The competitors: the rules of the subset once more by hand, for each tool as its users would write them.

Each module stands for itself and takes its figures from ``benchmarks.figures``. These copies of rules are here on
purpose: a second hand finds what a shared mistake hides.
"""
