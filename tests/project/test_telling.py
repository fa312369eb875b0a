"""Questions, answers and doubts in words."""

from __future__ import annotations

import pytest

from core.domain.judgments import GROUPS, Source, Verdict
from core.domain.questions import Asked, Contradiction, Pair, Placement, Question, Triplet
from core.domain.texts import Text
from core.project import telling
from core.project.intake import find_project, load_corpus
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.answering import say

KNOWN = {name: Text(name, f"text\n{name}", {}) for name in "abcdef"} | {
    "long": Text("long", "word " * 100, {})
}
PLACEMENT = Placement("a", (), (("b", "c"), ("d",)))
CONTRADICTION = Contradiction("a", "b", "c")


@pytest.mark.parametrize(
    ("question", "verdict", "words"),
    [
        (PLACEMENT, GROUPS[1], "Where does “text a” belong? You: with “text d”"),
        (PLACEMENT, Verdict.NEW, "Where does “text a” belong? You: in a new group"),
        (PLACEMENT, Verdict.UNSURE, "Where does “text a” belong? You: cannot tell"),
        (Pair("b", "a"), Verdict.SAME, "Do “text a” and “text b” belong together? You: same"),
        (
            Triplet("a", "b", "c"),
            Verdict.RIGHT,
            "To “text a”, is “text b” or “text c” the closer one? You: “text c”",
        ),
        (
            Triplet("a", "b", "gone"),
            Verdict.NEITHER,
            "To “text a”, is “text b” or a text that is gone the closer one? You: neither",
        ),
        (
            CONTRADICTION,
            Verdict.FIRST_THIRD,
            "Which of “text a”, “text b” and “text c” belong together? "
            "You: only “text a” and “text c”",
        ),
        (
            CONTRADICTION,
            Verdict.ALL,
            "Which of “text a”, “text b” and “text c” belong together? You: all three",
        ),
        (
            CONTRADICTION,
            Verdict.NONE,
            "Which of “text a”, “text b” and “text c” belong together? You: none of them",
        ),
    ],
)
def test_an_answer_in_words(question: Question, verdict: Verdict, words: str) -> None:
    assert telling.told(say(question, verdict, annotator="me"), KNOWN, "me") == words


def test_others_are_named_and_long_texts_shortened() -> None:
    pair = Pair("a", "long")
    words = telling.told(say(pair, Verdict.SAME, annotator="ada"), KNOWN, "me")
    assert words.endswith("ada: same")
    assert "…”" in words and len(words) < 150
    machine = say(pair, Verdict.SAME, "llm", "me")
    assert telling.told(machine, KNOWN, "me").endswith("me: same")


def test_a_machine_that_people_refute_is_doubted_openly(mapped: tuple[Workspace, str]) -> None:
    workspace, project = mapped
    assert telling.doubts(workspace, project) == ()
    ids = [text.id for text in load_corpus(workspace, find_project(workspace, project)).texts]
    space = current(workspace, project).map.space
    pairs = [Pair(*ids[start : start + 2]) for start in range(0, 60, 2)]
    workspace.store.reviews.enqueue(project, [Asked(p, "They are close.", 2, space) for p in pairs])
    for number, pair in enumerate(pairs):
        wrong = Verdict.SAME if number % 3 else Verdict.DIFFERENT
        told: tuple[tuple[Source, str, Verdict], ...] = (
            ("human", "me", Verdict.DIFFERENT),
            ("llm", "coin", wrong),
            ("llm", "good", Verdict.DIFFERENT),
        )
        for source, who, verdict in told:
            judgment = say(pair, verdict, source, who, minute=number)
            workspace.store.reviews.record(project, judgment)
    (doubt,) = telling.doubts(workspace, project)
    assert doubt.startswith("The answers of coin agree with others in only about 5")
    assert doubt.endswith("they count less.")
