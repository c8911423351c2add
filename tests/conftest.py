"""How the suite runs: the same cases on every machine, in any order, on any day."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import configuration, settings

# Hypothesis keeps tables of its own beside the tests unless it is told of another place.
configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "icm-rules-hypothesis")

# Both profiles draw the same examples every time and keep none, so a red test is red for everybody. A slow machine
# is no fault of the code, hence no deadline. To look for new examples: pytest --hypothesis-profile=explore
settings.register_profile("desk", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("desk"), max_examples=200)
settings.register_profile(
    "explore", derandomize=False, database=None, deadline=None, print_blob=True, max_examples=1000
)

settings.load_profile("ci" if os.environ.get("CI") else "desk")
