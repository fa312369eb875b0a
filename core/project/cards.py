"""A question as a person sees it: its texts, its choices, their keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.domain.reviewing import Handed, Sight
from core.project import telling
from core.project.arrays import load_clustering
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, find

NOTHING_LEFT = (
    "There is nothing left to ask on this map. Retrain the embedder, or cluster again "
    "with more clusters on the Map page."
)

_ALIKE = 2  # near-identical texts shown beside the one that is placed
_LONGEST = 40  # characters of a topic's label on a card and its button


@dataclass(frozen=True, slots=True)
class Side:
    """What there is to choose between: one text, or a few that stand for a group.

    `caption` is "" where it has no name; it may hold a topic's label, which is
    other people's text. `key` is its own key on the keyboard, "" where it has none.
    """

    texts: tuple[str, ...]
    caption: str
    suggested: bool
    key: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its label (perhaps a topic's), its key on the keyboard, the
    verdict it stands for."""

    label: str
    key: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Card:
    """One question, ready to be shown. `anchor` is the text asked about, None for
    a question about its sides alone; `alike` are some of the texts that go with
    it and `note` says what else to know. `suggestion` is the choice that a model
    answered or, where it did not, that the embedder guesses, as `sight` says."""

    title: str
    anchor: str | None
    sides: tuple[Side, ...]
    choices: tuple[Choice, ...]
    suggestion: Choice | None = None
    alike: tuple[str, ...] = ()
    note: str = ""
    sight: Sight = "nothing"

    def label(self, verdict: Verdict) -> str:
        """Return what a verdict is called on this card."""
        return next((c.label for c in self.choices if c.verdict is verdict), str(verdict))


def show(workspace: Workspace, project_id: str, handed: Handed) -> Card:
    """Return the card of a question as the project stands now, without a suggestion
    where it is a blind check."""
    question = handed.asked.question
    if not isinstance(question, Placement):
        return card_of(handed)
    return card_of(handed, topic_labels(workspace, project_id, question.texts))


def suggested(handed: Handed) -> tuple[Verdict | None, Sight]:
    """Return the answer to suggest, and whose it is. A model that abstained suggests none."""
    if handed.blind:
        return None, "nothing"
    if handed.told and handed.told.judgment.verdict is not Verdict.UNSURE:
        return handed.told.judgment.verdict, "llm"
    if handed.asked.guess:
        return Verdict(handed.asked.guess.verdict), "guess"
    return None, "nothing"


def topic_labels(
    workspace: Workspace, project_id: str, text_ids: tuple[str, ...]
) -> dict[str, str]:
    """Return the label of the topic that each text is in, "" where unassigned.
    Texts that are not on the map are left out."""
    here = current(workspace, project_id)
    clustering = load_clustering(workspace, here.map)
    wanted = frozenset(text_ids)
    rows = [row for row, text in enumerate(clustering.text_ids) if text in wanted]
    assigned = assign(
        here.taxonomy,
        replace(
            clustering,
            text_ids=tuple(clustering.text_ids[row] for row in rows),
            labels=clustering.labels[rows],
            strength=clustering.strength[rows],
        ),
    )
    return {
        text: find(here.taxonomy, topic).label if topic else ""
        for text, topic in zip(assigned.text_ids, assigned.topics, strict=True)
    }


def group_labels(question: Placement, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the label of the topic that most of each candidate group's texts are in, ""
    where that is none. `labels` are those of `topic_labels`."""
    found = []
    for group in question.candidates:
        counted = Counter(labels.get(text, "") for text in group)
        # Ties by label, so that the name does not hang on the order of the texts.
        found.append(min(counted, key=lambda name: (-counted[name], not name, name)))
    return tuple(found)


def card_of(handed: Handed, labels: Mapping[str, str] | None = None) -> Card:
    """Return the card of a question. The choices stand as their keys lie.

    `labels` holds the topic's label of each text, "" where unassigned; it names
    the groups of a placement.
    """
    question = handed.asked.question
    guessed, sight = suggested(handed)
    if isinstance(question, Triplet):
        card = _triplet(question, guessed)
    elif isinstance(question, Pair):
        card = _pair(question)
    elif isinstance(question, Placement):
        card = _placement(question, guessed, labels or {})
    else:
        card = _contradiction(question, guessed)
    suggestion = next((choice for choice in card.choices if choice.verdict == guessed), None)
    return replace(card, suggestion=suggestion, sight=sight if suggestion else "nothing")


def _triplet(question: Triplet, guessed: str | None) -> Card:
    verdicts = {question.left: Verdict.LEFT, question.right: Verdict.RIGHT}
    first, second = question.shown
    return Card(
        title="Which of the two is this text closer to?",
        anchor=question.anchor,
        sides=(
            Side((first,), "First", guessed == verdicts[first]),
            Side((second,), "Second", guessed == verdicts[second]),
        ),
        choices=(
            Choice("First", "Left", verdicts[first]),
            Choice("Neither", "Down", Verdict.NEITHER),
            Choice("Both", "B", Verdict.BOTH),
            Choice("Second", "Right", verdicts[second]),
        ),
    )


def _pair(question: Pair) -> Card:
    return Card(
        title="Do these two belong to the same category?",
        anchor=None,
        sides=(Side((question.left,), "", False), Side((question.right,), "", False)),
        choices=(
            Choice("Same", "Y", Verdict.SAME),
            Choice("Cannot tell", "Down", Verdict.UNSURE),
            Choice("Different", "N", Verdict.DIFFERENT),
        ),
    )


def _placement(question: Placement, guessed: str | None, labels: Mapping[str, str]) -> Card:
    captions = _captions(question, labels)
    shown = list(zip(question.shown, captions, strict=True))
    one = len(captions) == 1
    return Card(
        title="Does this text belong to this group?"
        if one
        else "Which of these groups does this text belong to?",
        anchor=question.text,
        sides=tuple(
            Side(question.candidates[place], caption, guessed == GROUPS[place], str(number))
            for number, (place, caption) in enumerate(shown, start=1)
        ),
        choices=(
            *(
                Choice(caption, str(number), GROUPS[place])
                for number, (place, caption) in enumerate(shown, start=1)
            ),
            Choice("A new group", "0", Verdict.NEW),
            Choice("Cannot tell", "Down", Verdict.UNSURE),
        ),
        alike=question.bunch[:_ALIKE],
        note=_together(len(question.bunch)),
    )


def _captions(question: Placement, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the groups are called on the card, as shown: a number where a group's
    texts are in no topic, and beside the label where two groups share one."""
    called = group_labels(question, labels)
    found = [telling.shortened(called[place], _LONGEST) for place in question.shown]
    twice = {label for label, times in Counter(found).items() if times > 1}
    return tuple(
        f"{label} ({number})" if label in twice and label else label or f"Group {number}"
        for number, label in enumerate(found, start=1)
    )


def _together(alike: int) -> str:
    if not alike:
        return ""
    texts = "1 near-identical text" if alike == 1 else f"{alike:,} near-identical texts"
    return f"and {texts}{', among them' if alike > _ALIKE else ''}:"


def _contradiction(question: Contradiction, guessed: str | None) -> Card:
    joined = {
        Verdict.ALL: "ABC",
        Verdict.FIRST_SECOND: "AB",
        Verdict.FIRST_THIRD: "AC",
        Verdict.SECOND_THIRD: "BC",
    }
    suggested = joined[Verdict(guessed)] if guessed in joined else ""
    return Card(
        title="Which of these three belong together?",
        anchor=None,
        sides=tuple(
            Side((text,), letter, letter in suggested)
            for letter, text in zip("ABC", question.texts, strict=True)
        ),
        choices=(
            Choice("All three together", "A", Verdict.ALL),
            Choice("Only A and B", "1", Verdict.FIRST_SECOND),
            Choice("Only A and C", "2", Verdict.FIRST_THIRD),
            Choice("Only B and C", "3", Verdict.SECOND_THIRD),
            Choice("None together", "N", Verdict.NONE),
            Choice("Cannot tell", "Down", Verdict.UNSURE),
        ),
        note="Earlier answers contradict each other here: they cannot all be right.",
    )
