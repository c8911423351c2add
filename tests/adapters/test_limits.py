"""The limits of an office as a file."""

from __future__ import annotations

import pytest

from icm_rules import InputError
from icm_rules.adapters.documents import read_limits


@pytest.mark.parametrize("text", ["[]", "{}", "5"])
def test_a_file_without_limits_says_what_it_should_hold(text):
    with pytest.raises(InputError, match="holds no limits of an office; write one at least in curly brackets"):
        read_limits(text)
