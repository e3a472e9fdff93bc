"""What went wrong, told once for each kind of it in the log, and each time to ``on_error``.

A report never holds the write key or a value that was tracked.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Violation
from ..privacy import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from .preparation import Prepared

logger = logging.getLogger("tracker.server")

_MAX_KINDS = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,80}(?:\.[a-z][a-z0-9_]{0,80})?")
"""What may be logged of a name: one that was put together from values does not look like this."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong with some messages, or with none of them yet.

    ``kind`` is a stable code in lower snake case: ``violation``, ``redacted``, ``overflow``, ``refused``,
    ``unreachable``, ``not_sent``, ``closed``, ``spool`` or ``internal``. ``text`` is a sentence;
    ``lost`` counts the events that this costs; ``violations`` says what a plan or the wire minds.
    """

    kind: str
    text: str
    lost: int = 0
    violations: tuple[Violation, ...] = ()


class Reports:
    """Passes problems on; ``on_error`` may be called from any thread and may raise what it likes."""

    def __init__(self, on_error: Callable[[Problem], object] | None = None) -> None:
        self._on_error = on_error
        self._told: set[tuple[str, str]] = set()

    def report(self, problem: Problem, *, about: str | None = None) -> None:
        """Tell a problem; in the log only the first that has this kind and is about this."""
        kind = (problem.kind, problem.text if about is None else about)
        if kind not in self._told and len(self._told) < _MAX_KINDS:
            self._told.add(kind)
            logger.warning("%s (further reports of this kind are not logged)", problem.text)
        if self._on_error is None:
            return
        try:
            self._on_error(problem)
        except Exception as error:  # noqa: BLE001  (the service's code must go on)
            if ("internal", "on_error") not in self._told:
                self._told.add(("internal", "on_error"))
                logger.warning("on_error raised %s", type(error).__name__)

    def violation(
        self, kind: str, name: object, violations: tuple[Violation, ...], *, lost: int
    ) -> None:
        """Tell what a plan or the wire minds about a call, by the name of the event if it is one."""
        about = f"{kind} {name}" if isinstance(name, str) and _NAME.fullmatch(name) else kind
        verb = "not tracked" if lost else "tracked against the plan"
        text = f"{verb}: {about}: {'; '.join(map(str, violations))}"
        rules = ",".join(f"{each.field} {each.rule}" for each in violations)
        self.report(Problem("violation", text, lost, violations), about=f"{about} {rules}")

    def prepared(self, kind: str, name: object, prepared: Prepared) -> None:
        """Tell what is the matter with a message that is sent all the same."""
        if prepared.violations:
            self.violation(kind, name, prepared.violations, lost=0)
        for redaction in prepared.redactions:
            text = f"{redaction.field} was not sent: it looks like {RULES[redaction.rule]}"
            violation = Violation(redaction.field, redaction.rule, text)
            self.report(Problem("redacted", text, violations=(violation,)))

    def spool(self, error: Exception) -> None:
        """Tell that the spool cannot keep events; they are still sent."""
        reason = getattr(error, "strerror", None) or type(error).__name__
        text = f"the spool cannot be written ({reason}); events are sent, and would not survive a crash"
        self.report(Problem("spool", text))

    def mistake(self, error: Exception) -> None:
        """Tell that the tracker itself made a mistake."""
        self.report(Problem("internal", f"the tracker made a mistake: {type(error).__name__}"))
