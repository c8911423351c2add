"""Facts: those given from outside, and those derived from others by a plain function."""

from __future__ import annotations

import importlib
import inspect
import operator
import types
import typing
from collections.abc import Callable

import attrs

from icm_rules.engine.answers import Unknown
from icm_rules.engine.errors import RulebookError


class _NoPresumption:
    """The one object of its class, wherever it is copied to."""

    def __reduce__(self) -> str:
        return "NO_PRESUMPTION"


NO_PRESUMPTION = _NoPresumption()
"""Marks a given fact of which nothing is presumed while nobody tells it."""


@attrs.frozen(kw_only=True)
class GivenFact:
    """A fact that comes from outside.

    ``question`` asks a person for it, ``known_at`` is the stage at which it is usually known. ``presumed`` is the
    value used while nobody tells it; a presumption is shown as an assumption, and most facts have none.
    """

    name: str
    type: object
    question: str
    known_at: str
    unit: str | None = None
    presumed: object = NO_PRESUMPTION


@attrs.frozen
class Input:
    """An argument of a fact or rule: the name it is wired by, the types it takes, whether it may be unknown."""

    name: str
    types: frozenset[object]
    optional: bool


@attrs.frozen
class Signature:
    """What a plain function asks for and returns, read once from its annotations."""

    inputs: tuple[Input, ...]
    returns: frozenset[object]
    """*None* is among them where the function may return it: only an argument that may be *None* takes it."""


def members_of(annotation: object) -> frozenset[object]:
    """The types a value may have under ``annotation``, without *None* and *Unknown*."""
    parts = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    return frozenset(part for part in parts if part not in {None, type(None), Unknown})


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in {typing.Union, types.UnionType}


def _may_be_none(annotation: object) -> bool:
    return annotation is types.NoneType or (_is_union(annotation) and types.NoneType in typing.get_args(annotation))


def signature_of(function: Callable[..., object], what: str) -> Signature:
    """What ``function`` asks for and returns.

    Raises:
        RulebookError: an argument or the result has no annotation, or one that names what its module does not import,
            or an argument cannot be given by position; ``what`` says whose it is.

    """
    try:
        hints = typing.get_type_hints(function)
    except NameError as error:
        message = f"{what}: the annotation {error.name!r} is not known at run time; import it outside TYPE_CHECKING"
        raise RulebookError(message) from error
    inputs = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}:
            message = f"{what}: the argument {name!r} cannot be given by position; write it without * before it"
            raise RulebookError(message)
        if name not in hints:
            message = f"{what}: the argument {name!r} has no annotation; say what type it takes"
            raise RulebookError(message)
        inputs.append(Input(name, members_of(hints[name]), _may_be_none(hints[name])))
    if "return" not in hints:
        message = f"{what}: the result has no annotation; say what type it is"
        raise RulebookError(message)
    returned = hints["return"]
    nothing = frozenset({types.NoneType}) if _may_be_none(returned) else frozenset()
    return Signature(tuple(inputs), members_of(returned) | nothing)


@attrs.frozen
class DerivedFact:
    """A fact computed by a plain function from facts and provisions; its name is the function's.

    ``elementwise`` marks pure arithmetic on whole numbers that may be applied to whole columns as it stands.
    ``in_steps`` marks a fact of one number that, as the number grows, never comes back to a value it has left; so it is
    asked only near its steps. ``of_presence`` marks one that only asks whether its one given fact is told. Calling the
    object calls the function.
    """

    name: str
    function: Callable[..., object]
    elementwise: bool = False
    in_steps: bool = False
    of_presence: bool = False

    def __call__(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:  # noqa: ANN401 - a transparent call
        """Call the plain function."""
        return self.function(*args, **kwargs)

    def __reduce__(self) -> tuple[typing.Any, ...]:
        """By the place where it is written, as functions are."""
        return in_its_module, (self.function.__module__, self.function.__qualname__)

    @property
    def words(self) -> str:
        """The first line of the function's docstring: what the fact is."""
        return (inspect.getdoc(self.function) or self.name).splitlines()[0]


def in_its_module(module: str, name: str) -> object:
    """What a module has under this name: how facts and rules travel to another process."""
    return operator.attrgetter(name)(importlib.import_module(module))


@typing.overload
def fact(function: Callable[..., object], /) -> DerivedFact: ...
@typing.overload
def fact(
    *, elementwise: bool = ..., in_steps: bool = ..., of_presence: bool = ...
) -> Callable[[Callable[..., object]], DerivedFact]: ...


def fact(
    function: Callable[..., object] | None = None,
    /,
    *,
    elementwise: bool = False,
    in_steps: bool = False,
    of_presence: bool = False,
) -> DerivedFact | Callable[[Callable[..., object]], DerivedFact]:
    """Make a plain function a derived fact: ``@fact``, ``@fact(elementwise=True)`` or ``@fact(in_steps=True)``."""

    def decorate(plain: Callable[..., object]) -> DerivedFact:
        return DerivedFact(plain.__name__, plain, elementwise, in_steps, of_presence)

    return decorate if function is None else decorate(function)
