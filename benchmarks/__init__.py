"""Measuring icm-rules beside what one would pick instead; run with ``python -m benchmarks``."""
