"""What a question is asked with: a forced choice, names of groups, no liking for a place."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from core.domain.judgments import Verdict
from core.domain.llm import Prompt, ProviderError, Reply, Usage
from core.domain.prompts import Aim
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.project import judging
from core.project.judging import wordings
from core.project.judging.asking import Wording, ask, wording
from core.project.judging.liking import Liking
from core.project.workspace import Workspace
from core.steps.prompts import preset, rank_demonstrations
from tests.answering import say
from tests.project.scripted import SETTINGS, project_with

BODIES = {name: f"Message {name}" for name in "abcdef"}
KINDS = ("triplet", "pair", "placement", "contradiction")
WORDS = Wording(BODIES, {kind: preset("clade", kind) for kind in KINDS}, Aim())
_SHOWN = re.compile(r"^(?:Choice|Text) ([12ABC]): <\w+>(.*)</\w+>$", re.MULTILINE)


@dataclass
class Fond:
    """A model that knows the answer, is not sure of it, and likes the first place more.

    `near` is the text that goes with any other, `sure` how sure it is of that, `fondness`
    how many times likelier the first label is said for its place alone.
    """

    near: str = "Message b"
    sure: float = 0.7
    fondness: float = 6.0
    tells: bool = True
    refuses_blanks: bool = False
    blanks: int = 0
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply:
        shown = dict(_SHOWN.findall(prompt.user))
        blank = len(set(shown.values())) == 1
        with self.lock:
            self.calls += 1
            self.blanks += blank
        if blank and self.refuses_blanks:
            raise ProviderError("It refuses.", "Ask something.")
        fair = {"1": 1.0, "2": 1.0, "both": 2.0} if blank else self._fair(shown)
        weights = {label: fair.get(label, 0.001) for label in prompt.choices}
        weights["1"] *= self.fondness
        total = sum(weights.values())
        found = {label: weight / total for label, weight in weights.items()}
        best = max(found, key=lambda label: found[label])
        body = json.dumps({"choice": best, "confidence": 0.5, "reason": f"It is {best}."})
        return Reply(body, Usage(1, 1), 0.0, found if self.tells else None)

    def _fair(self, shown: Mapping[str, str]) -> dict[str, float]:
        right = next(label for label, text in shown.items() if text == self.near)
        return {label: self.sure if label == right else 1 - self.sure for label in "12"}


def asked(model: Fond, question: Question, words: Wording = WORDS) -> tuple[Verdict, float]:
    said = ask(model, words, Liking(model, words.templates, words.aim), question)  # type: ignore[arg-type]
    return said.verdict, said.confidence


def test_a_liking_for_the_first_place_is_divided_out() -> None:
    silent, telling = Fond(tells=False), Fond()

    # Without chances both orders differ, which is an abstention, and nothing more is asked.
    assert asked(silent, Triplet("a", "b", "c")) == (Verdict.UNSURE, 0.0)
    assert (silent.calls, silent.blanks) == (2, 0)
    verdict, sure = asked(telling, Triplet("a", "b", "c"))

    assert verdict is Verdict.LEFT
    # Nearly all of it: a few replies are held back.
    assert 0.55 < sure <= 0.72
    assert (telling.calls, telling.blanks) == (5, 3)


def test_no_reason_stands_beside_an_answer_that_it_did_not_speak_for() -> None:
    model = Fond()
    said = ask(model, WORDS, Liking(model, WORDS.templates, WORDS.aim), Triplet("a", "b", "c"))  # type: ignore[arg-type]

    # In the order with the right one first, the model gave its reason for it.
    assert (said.verdict, said.reason) == (Verdict.LEFT, "It is 1.")


def test_the_liking_is_asked_for_once_however_many_ask_at_once() -> None:
    model = Fond()
    liking = Liking(model, WORDS.templates, WORDS.aim)
    questions = [Triplet(one, "b", other) for one in "adef" for other in "acdef" if one != other]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: ask(model, WORDS, liking, question), questions))  # type: ignore[arg-type]

    assert model.blanks == 3
    rights = [Verdict.LEFT if question.left == "b" else Verdict.RIGHT for question in questions]
    assert [said.verdict for said in found] == rights


def test_a_model_that_refuses_what_says_nothing_is_asked_all_the_same() -> None:
    model = Fond(sure=0.99, refuses_blanks=True)

    assert asked(model, Triplet("a", "b", "c"))[0] is Verdict.LEFT
    assert model.blanks == 3


@pytest.mark.parametrize("draws", [2, 3])
def test_replies_that_were_drawn_stay_as_they_were_drawn(draws: int) -> None:
    model = Fond()

    asked(model, Triplet("a", "b", "c"), replace(WORDS, draws=draws))

    assert model.blanks == 0


class Even:
    """Gives chances to all labels, and keeps what it was asked."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply:
        self.prompts.append(prompt)
        chances = dict.fromkeys(prompt.choices, 1 / len(prompt.choices))
        return Reply(json.dumps({"choice": prompt.choices[0]}), Usage(1, 1), 0.0, chances)


@pytest.mark.parametrize(
    ("question", "blanks"),
    [
        (Pair("a", "b"), 0),  # of two texts that are the same, "yes" is no liking
        (Placement("a", (), (("b",),)), 0),
        (Placement("a", ("f",), (("b", "e"), ("c",), ("d",))), 3),
        (Contradiction("a", "b", "c"), 3),
    ],
)
def test_only_places_can_be_liked(question: Question, blanks: int) -> None:
    model = Even()
    liking = Liking(model, WORDS.templates, WORDS.aim)

    ask(model, WORDS, liking, question)  # type: ignore[arg-type]
    ask(model, WORDS, liking, question)  # type: ignore[arg-type]

    assert sum("Message" not in prompt.user for prompt in model.prompts) == blanks


def test_a_placement_s_groups_are_called_what_their_topics_are() -> None:
    question = Placement("a", (), (("b", "c"), ("d",), ("e",)))
    labels = {"b": "Arrival", "c": "Arrival", "d": "", "e": "PIN"}
    named = replace(WORDS, labels=labels).prompts(question)
    twice = replace(WORDS, labels={**labels, "e": "Arrival"}).prompts(question)

    for prompt in named:
        groups = dict(re.findall(r"called <\w+>(.*)</\w+>:\n- <\w+>(.*)</\w+>", prompt.user))
        assert groups == {"Arrival": "Message b", "PIN": "Message e"}
    # A name that two groups share tells them apart no better than none.
    assert not any("called" in prompt.user for prompt in twice)


def test_a_renamed_topic_is_part_of_what_a_reply_is_kept_under() -> None:
    question = Placement("a", (), (("b",), ("c",)))
    before = replace(WORDS, labels={"b": "Arrival", "c": "PIN"}).prompts(question)
    after = replace(WORDS, labels={"b": "Delivery", "c": "PIN"}).prompts(question)

    assert all(one.user != other.user for one, other in zip(before, after, strict=True))


def test_an_edited_forced_wording_still_forces(workspace: Workspace) -> None:
    project_id = project_with(workspace, 3)
    settings = replace(SETTINGS, preset="clusterllm")
    judging.save(workspace, project_id, settings, cap=1.0, nothing_leaves=False)
    before = wordings.wording_in_use(workspace, project_id, "triplet")

    made = wordings.keep_wording(
        workspace, project_id, "triplet", f"{before.system} Be strict.", before.user, "ann"
    )

    settings = judging.settings_of(workspace, project_id)
    assert wording(workspace, project_id, settings).templates["triplet"] == made
    assert [one.forced for one in wordings.versions(workspace, project_id, "triplet")] == [True] * 2
    texts = wording(workspace, project_id, settings)
    for prompt in texts.prompts(Triplet(*list(texts.bodies)[:3])):
        assert prompt.choices == ("1", "2")
    # Clade's own wording lets a model abstain, and so does an edited one.
    pair = wordings.keep_wording(
        workspace, project_id, "contradiction", "Rules.", "{text_a} {text_b} {text_c}", "ann"
    )
    assert not pair.forced


def test_examples_are_ranked_before_the_batch_and_never_hold_the_question_s_texts() -> None:
    people = [say(Pair("a", "b"), Verdict.SAME), say(Pair("c", "d"), Verdict.DIFFERENT)]
    words = replace(WORDS, ranked=rank_demonstrations(people, BODIES))

    (free,) = words.prompts(Pair("e", "f"))
    (tied,) = words.prompts(Pair("a", "f"))

    assert free.user.count("Example") == 2
    assert tied.user.count("Example") == 1
