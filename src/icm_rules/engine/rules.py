"""Rules: plain functions that answer one question about a case."""

from __future__ import annotations

import functools
import inspect
import re
import typing
from collections.abc import Callable

import attrs

from icm_rules.engine.answers import Answer
from icm_rules.engine.errors import RulebookError
from icm_rules.engine.facts import in_its_module

_IDENTITY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}")


@attrs.frozen(kw_only=True)
class Rule:
    """A plain function with an identity; calling the object calls the function.

    ``only_if`` names yes/no facts that must all hold, answered before anything else is asked. ``due`` is the stage at
    which the rule must be met. A rule that ``informs`` never decides the overall answer; one that ``pays`` answers
    with an amount and never decides it either. ``tells`` names facts that the sentence mentions and that decide
    nothing: the function is not given them, and its templates may hold their names.
    """

    identity: str
    function: Callable[..., Answer]
    due: str
    only_if: tuple[str, ...] = ()
    informs: bool = False
    pays: bool = False
    tells: tuple[str, ...] = ()
    title: str | None = None
    """A short name for the line of an amount, where the statement is too long for a table."""

    def __call__(self, *args: typing.Any, **kwargs: typing.Any) -> Answer:  # noqa: ANN401 - a transparent call
        """Call the plain function."""
        return self.function(*args, **kwargs)

    def __reduce__(self) -> tuple[typing.Any, ...]:
        """By the place where it is written, as functions are."""
        return in_its_module, (self.function.__module__, self.function.__qualname__)

    @functools.cached_property
    def statement(self) -> str:
        """The sentence that is true when the rule is met: the first paragraph of the docstring."""
        paragraph = (inspect.getdoc(self.function) or "").split("\n\n")[0]
        return " ".join(paragraph.split())

    @property
    def decides(self) -> bool:
        """Whether the rule takes part in the overall answer."""
        return not (self.informs or self.pays)


def rule(  # noqa: PLR0913 - each is a word of its own at the head of a rule
    identity: str,
    *,
    due: str,
    only_if: str | tuple[str, ...] = (),
    informs: bool = False,
    pays: bool = False,
    tells: str | tuple[str, ...] = (),
    title: str | None = None,
) -> Callable[[Callable[..., Answer]], Rule]:
    """Make a plain function a rule.

    Raises:
        RulebookError: the identity is not of the shape ``chapter.subject.aspect``, or the function has no docstring
            that says what is true when the rule is met.

    """
    if not _IDENTITY.fullmatch(identity):
        message = f"the identity {identity!r} is not of the shape chapter.subject.aspect, in small letters"
        raise RulebookError(message)

    def decorate(function: Callable[..., Answer]) -> Rule:
        if not inspect.getdoc(function):
            message = f"{identity}: the rule has no docstring; its first sentence says what is true when it is met"
            raise RulebookError(message)
        conditions = (only_if,) if isinstance(only_if, str) else only_if
        return Rule(
            identity=identity,
            function=function,
            due=due,
            only_if=conditions,
            informs=informs,
            pays=pays,
            tells=(tells,) if isinstance(tells, str) else tells,
            title=title,
        )

    return decorate
