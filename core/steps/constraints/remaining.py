"""What is left of a question and its answer once texts are deleted."""

from __future__ import annotations

from collections.abc import Collection

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Placement, Question


def still_there(
    question: Question, verdict: Verdict, known: Collection[str] | None
) -> tuple[Question, Verdict] | None:
    """Return the question and the verdict without the texts that are not `known`.

    A placement keeps its known texts, and the groups that still have some; any
    other question needs all of its texts. None where nothing can be said any
    more, also because the chosen group is gone. `known` None knows all texts.
    """
    if known is None or all(text in known for text in question.texts):
        return question, verdict
    if not isinstance(question, Placement) or question.text not in known:
        return None
    groups = [tuple(t for t in group if t in known) for group in question.candidates]
    left = tuple(group for group in groups if group)
    if not left:
        return None
    bunch = tuple(text for text in question.bunch if text in known)
    rest = Placement(question.text, bunch, left)
    if verdict not in GROUPS:
        return rest, verdict
    chosen = groups[GROUPS.index(verdict)]
    # Sorted anew, the groups may have changed places.
    return (rest, GROUPS[rest.candidates.index(chosen)]) if chosen else None
