"""Which answers a map was made from, and which came, changed or went since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.ids import content_id
from core.domain.judgments import Judgment
from core.domain.projects import Map
from core.project.arrays import load_answers
from core.project.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many answers were given or changed since a map was made, and how many of
    those that it was made from are `gone`: taken back."""

    new: int
    gone: int

    @property
    def told(self) -> str:
        """Return both in words, "" where nothing waits."""
        new = "1 answer is" if self.new == 1 else f"{self.new:,} answers are"
        gone = "1 answer" if self.gone == 1 else f"{self.gone:,} answers"
        were = "was" if self.gone == 1 else "were"
        if not self.gone:
            return f"{new} not on this map yet." if self.new else ""
        if not self.new:
            return f"{gone} behind this map {were} taken back."
        return f"{new} not on this map yet, and {gone} behind it {were} taken back."


def said(judgments: Iterable[Judgment]) -> dict[str, str]:
    """Return what each annotator said to each question, both as ids.

    The same whenever it was said: giving an answer once more changes nothing.
    """
    return {
        content_id(one.question.id, *one.by): content_id(
            one.verdict, one.source, repr(one.confidence)
        )
        for one in judgments
    }


def waiting(workspace: Workspace, source: Map) -> Waiting:
    """Return which answers a map does not show, and which it shows that are no more."""
    judgments = workspace.store.reviews.judgments(source.project)
    now, then = said(judgments), _made_from(workspace, source, judgments)
    new = sum(then.get(who) != what for who, what in now.items())
    return Waiting(new, len(then.keys() - now.keys()))


def known_to(
    workspace: Workspace, source: Map, judgments: Sequence[Judgment]
) -> tuple[Judgment, ...]:
    """Return those of `judgments` that a map was made from, in their order."""
    then = _made_from(workspace, source, judgments)
    return tuple(one for one in judgments if said([one]).items() <= then.items())


def _made_from(
    workspace: Workspace, source: Map, judgments: Iterable[Judgment]
) -> Mapping[str, str]:
    if source.prior_key is None:
        return {}
    kept = load_answers(workspace, source)
    if kept is None:  # a map of an older Clade
        return said(one for one in judgments if one.at <= source.created_at)
    return kept
