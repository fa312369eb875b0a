"""Several people on one project: their names, how far they agree, what is in dispute."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from core.domain.calibration import Agreement
from core.domain.errors import InputError
from core.domain.judgments import Verdict
from core.domain.reviewing import Both
from core.project.workspace import Workspace
from core.steps.calibration import agreement

_LONGEST = 60  # characters of a name


@dataclass(frozen=True, slots=True)
class Together:
    """How far two people agree on what both were asked, neither knowing of the other's
    answer."""

    one: str
    other: str
    found: Agreement

    @property
    def told(self) -> str:
        """Return the agreement in words."""
        found = self.found
        words = (
            f"{self.one} and {self.other} gave the same answer {found.agreed} of "
            f"{found.compared} times (95% interval {found.low:.0%} to {found.high:.0%})"
        )
        if found.kappa is None:
            return f"{words}."
        return f"{words}; Cohen's kappa {found.kappa:.2f}, where 0 is chance and 1 is always."


def clean_name(typed: str) -> str:
    """Return a person's name in one line. Raises InputError where it cannot be one."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name or not name.isprintable() or len(name) > _LONGEST:
        raise InputError(
            "This cannot be a name.", f"Type one of 1 to {_LONGEST} letters and other signs."
        )
    if "/" in name:
        # Models answer under provider/model: nobody may be taken for one.
        raise InputError("A name with a slash is a model's.", "Type yours without it.")
    return name


def agreements(workspace: Workspace, project_id: str) -> tuple[Together, ...]:
    """Return how far each two people agree who were asked the same, by their names."""
    first = [one for both in workspace.store.checks.both(project_id) for one in both.first]
    found = (
        Together(one[1], other[1], agreement(first, one, other))
        for one, other in combinations(sorted({judgment.by for judgment in first}), 2)
    )
    return tuple(together for together in found if together.found.compared)


def in_dispute(workspace: Workspace, project_id: str) -> tuple[Both, ...]:
    """Return the questions on which people differ and no answer is ahead of the others."""
    return tuple(both for both in workspace.store.checks.both(project_id) if _tied(both))


def _tied(both: Both) -> bool:
    counted = Counter(
        judgment.verdict for judgment in both.answers if judgment.verdict is not Verdict.UNSURE
    )
    most = [times for _, times in counted.most_common(2)]
    return len(most) == 2 and most[0] == most[1]
