"""Questions, answers and doubts in a few plain words."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.judgments import GROUPS, Judgment, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.domain.texts import Text
from core.project.settled import reliabilities
from core.project.workspace import Workspace
from core.steps.constraints import Monotony, monotonous

_LONGEST = 60  # characters of a text inside a sentence

# A machine is doubted openly once it was compared this often and is most likely
# right in less than this share.
_COMPARED = 10
_DOUBTFUL = 0.75

_Known = Mapping[str, Text]

_KINDS: Mapping[type[Question], str] = {
    Triplet: "triplets",
    Pair: "pairs",
    Placement: "placements",
    Contradiction: "contradictions",
}

_TOGETHER: Mapping[Verdict, tuple[int, int]] = {
    Verdict.FIRST_SECOND: (0, 1),
    Verdict.FIRST_THIRD: (0, 2),
    Verdict.SECOND_THIRD: (1, 2),
}


def asked(question: Question, known: _Known, longest: int = _LONGEST) -> str:
    """Return what was asked as one question, its texts shortened to `longest` characters."""
    texts = [_quoted(text, known, longest) for text in question.texts]
    if isinstance(question, Placement):
        return f"Where does {texts[0]} belong?"
    if isinstance(question, Pair):
        return f"Do {texts[0]} and {texts[1]} belong together?"
    if isinstance(question, Triplet):
        return f"To {texts[0]}, is {texts[1]} or {texts[2]} the closer one?"
    return f"Which of {texts[0]}, {texts[1]} and {texts[2]} belong together?"


def said(judgment: Judgment, known: _Known, longest: int = _LONGEST) -> str:
    """Return what was answered in a few words."""
    question, verdict = judgment.question, judgment.verdict
    if verdict is Verdict.UNSURE:
        return "cannot tell"
    if isinstance(question, Placement):
        if verdict is Verdict.NEW:
            return "in a new group"
        return f"with {_quoted(question.candidates[GROUPS.index(verdict)][0], known, longest)}"
    if isinstance(question, Triplet) and verdict in (Verdict.LEFT, Verdict.RIGHT):
        side = question.left if verdict is Verdict.LEFT else question.right
        return _quoted(side, known, longest)
    if isinstance(question, Contradiction):
        return _joined(question, verdict, known, longest)
    return str(verdict)


def told(judgment: Judgment, known: _Known, me: str) -> str:
    """Return question and answer, and who gave it; `me` is whoever reads it."""
    who = "You" if judgment.annotator == me and judgment.source == "human" else judgment.annotator
    return f"{asked(judgment.question, known)} {who}: {said(judgment, known)}"


def shortened(body: str, longest: int = _LONGEST) -> str:
    """Return a text in one line of at most `longest` characters."""
    line = " ".join(body.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def doubts(workspace: Workspace, project_id: str) -> tuple[str, ...]:
    """Return a sentence for each machine whose answers turn out unreliable, or never differ
    and could not be compared with others much."""
    judgments = workspace.store.reviews.judgments(project_id)
    known = reliabilities(judgments)
    unreliable = (
        f"The answers of {name} agree with others in only about {found.share:.0%} of what both "
        "speak about; they count less."
        for (kind, name), found in known.items()
        if kind == "machine" and found.compared >= _COMPARED and found.high < _DOUBTFUL
    )
    monotone = (
        _monotone(found)
        for found in monotonous(judgments)
        if found.who[0] == "machine" and known[found.who].compared < _COMPARED
    )
    return (*unreliable, *monotone)


def _monotone(found: Monotony) -> str:
    if found.says is None:
        words = f"whatever is shown in place {(found.place or 0) + 1}"
    elif found.says is Verdict.UNSURE:
        words = "that it cannot tell"
    else:
        words = f"“{found.says}”"
    return (
        f"{found.who[1]} has answered all {found.answers:,} {_KINDS[found.kind]} alike so far: "
        f"{words}. Check a few of them: a judge that always says the same is of no help."
    )


def ignored(count: int) -> str:
    """Return what becomes of `count` answers about texts that are gone, "" where there are none."""
    if not count:
        return ""
    one = count == 1
    return (
        f"{'1 answer is' if one else f'{count:,} answers are'} about texts that are no longer in "
        f"the project. {'It is' if one else 'They are'} kept, and {'counts' if one else 'count'} "
        "again if the texts come back."
    )


def _joined(question: Contradiction, verdict: Verdict, known: _Known, longest: int) -> str:
    if verdict not in _TOGETHER:
        return "all three" if verdict is Verdict.ALL else "none of them"
    one, other = (_quoted(question.texts[place], known, longest) for place in _TOGETHER[verdict])
    return f"only {one} and {other}"


def _quoted(text: str, known: _Known, longest: int) -> str:
    if text not in known:
        return "a text that is gone"
    return f"“{shortened(known[text].body, longest)}”"
