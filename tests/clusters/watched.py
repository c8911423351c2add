"""Rulebooks that tell which processes have answered, and that end one of them in the middle.

The workers import this module, as they would a module of one's own rules. Where it writes, and which process it spares,
it reads from the environment: a worker that takes the place of another is told as well.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from icm_rules.engine import Answer, met, rule
from icm_rules.model.terms import Stage
from icm_rules.rules import RULEBOOK

FATAL = "0999"
"""The field of education at the sight of which a process ends; one row has it."""
HOME, FOLDER = "ICM_RULES_TESTS_HOME", "ICM_RULES_TESTS_FOLDER"
"""The process that is spared, and the folder in which each process leaves a file."""


def _leave(kind: str) -> bool:
    """Leave a file for this process, unless it is the one at home; whether one was left."""
    if os.environ[HOME] == str(os.getpid()):
        return False
    folder = Path(os.environ[FOLDER]) / kind
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()
    return True


def _end_once(kind: str, area: str, end: Callable[[], None]) -> None:
    """Leave a file, and end the first process that sees the fatal row."""
    if _leave(kind) and area == FATAL:
        try:
            (Path(os.environ[FOLDER]) / f"{kind}-ended").mkdir()
        except FileExistsError:
            return
        _leave(f"{kind}-ended")
        end()


def _end_process() -> None:
    """End this process at once, as the kernel does when memory runs out: nothing is tidied up, nothing is said."""
    os._exit(1)


def _end_executor() -> None:
    """End the executor of Spark that started the daemon that started this process, and this process."""
    daemon = Path(f"/proc/{os.getppid()}/stat").read_text("utf-8")
    os.kill(int(daemon.rpartition(")")[2].split()[1]), signal.SIGKILL)
    os._exit(1)


@rule("workers.all.seen", due=Stage.NOMINATION)
def worker_is_seen(subject_area: str) -> Answer:
    """Who answers makes no difference."""
    _leave("seen")
    return met("{area} is a field of education", area=subject_area)


@rule("workers.one.ends", due=Stage.NOMINATION)
def worker_ends(subject_area: str) -> Answer:
    """A worker that ends makes no difference."""
    _end_once("process", subject_area, _end_process)
    return met("{area} is a field of education", area=subject_area)


@rule("workers.one.ends", due=Stage.NOMINATION)
def executor_ends(subject_area: str) -> Answer:
    """An executor that ends makes no difference."""
    _end_once("executor", subject_area, _end_executor)
    return met("{area} is a field of education", area=subject_area)


SEEN = RULEBOOK.adding(worker_is_seen)
ENDING = {"process": RULEBOOK.adding(worker_ends), "executor": RULEBOOK.adding(executor_ends)}


def processes(kind: str) -> set[str]:
    """The processes that left a file of this kind."""
    return {path.name for path in (Path(os.environ[FOLDER]) / kind).iterdir()}
