"""Naming topics: asked once, checked against the texts, offered, taken as one edit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from core.adapters.fakes import ScriptedModel
from core.domain.errors import Cancelled, InputError, StaleEditError, TooFewError
from core.domain.jobs import Job, JobStatus
from core.domain.judging import JudgeSettings, NothingLeaves
from core.domain.llm import Price, Prompt, ProviderError
from core.domain.naming import NameOffers
from core.domain.taxonomy import Merge, Rename, SetLock, Topic
from core.jobs.worker import run_job
from core.project import judging, naming, shaping
from core.project.intake import load_corpus
from core.project.mapping import current
from core.project.naming import running
from core.project.workspace import Workspace
from core.steps.taxonomy import find
from tests.conftest import Listener

REMOTE = JudgeSettings("openai", "m", "http://127.0.0.1:9/v1", price=Price(1.0, 4.0))
Where = tuple[Workspace, str]


def texts_of(prompt: Prompt) -> list[str]:
    shown = prompt.user.split("Texts of the group:")[1].split("\n\n")[0]
    return re.findall(r"<(\w{10})>(.*?)</\1>", shown)


def said(prompt: Prompt, **changed: Any) -> str:
    """Answer as a careful model: with a passage of the first text, and one made up."""
    first = texts_of(prompt)[0][1]
    found = {
        "label": f"About {first[:30]}",
        "definition": "What these customers ask.",
        "belongs": "Questions like these",
        "excluded": "All others",
        "quotes": [first.split(" ", 1)[1], "no customer ever said this"],
    }
    return json.dumps(found | changed)


@pytest.fixture
def model(mapped: Where, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    workspace, project_id = mapped
    judging.save(workspace, project_id, REMOTE, cap=5.0, nothing_leaves=False)
    made = ScriptedModel(answer=lambda prompt, _: said(prompt), name="openai/m")
    monkeypatch.setattr(running, "open_judge", lambda *_: made)
    return made


def run(where: Where, topics: list[str] | None = None, by: str = "llm") -> Job:
    """Name topics as the worker does; return how that ended."""
    workspace, project_id = where
    params = {"topics": json.dumps(topics) if topics else "", "by": by}
    job = workspace.store.jobs.add_job(project_id, naming.KIND, params)
    table = {naming.KIND: partial(naming.name_topics, workspace)}
    run_job(workspace.store.jobs, workspace.settings.home, job.id, table)
    return workspace.store.jobs.job(job.id)


def offered(where: Where) -> NameOffers:
    found = naming.on_offer(where[0], current(*where))
    assert found is not None
    return found


def leaves_of(where: Where) -> list[Topic]:
    return list(naming.nameable(current(*where).taxonomy))


def test_every_leaf_gets_a_name_with_evidence_that_is_verbatim(
    mapped: Where, model: ScriptedModel
) -> None:
    workspace, project_id = mapped
    before = current(*mapped).taxonomy
    run(mapped)

    found = offered(mapped)
    assert {one.name.topic for one in found.offers} == {topic.id for topic in leaves_of(mapped)}
    assert (found.by, found.model, found.left, found.lapsed) == ("llm", "openai/m", (), 0)
    bodies = {t.id: t.body for t in load_corpus(workspace, current(*mapped).project).texts}
    quotes = [(one, quote) for one in found.offers for quote in one.name.basis.quotes]
    assert len(quotes) == len(found.offers)  # of two each, the made-up one is dropped
    for one, quote in quotes:
        assert any(quote in bodies[text] for text in one.name.basis.texts)
    assert current(*mapped).taxonomy == before

    taken = naming.take(*(workspace, current(*mapped), found), before_ids(found)[:3], "ann")
    named = [topic for topic in taken.topics if topic.named_by == "llm"]
    assert {topic.id for topic in named} == set(before_ids(found)[:3])
    assert all("Belongs here: Questions like these." in topic.description for topic in named)
    assert find(current(*mapped).taxonomy, named[0].id) == named[0]  # as it was kept
    note = workspace.store.projects.note(project_id, taken.version)
    assert note.sentence.startswith("Named 'About ")
    assert naming.on_offer(workspace, current(*mapped)) is None

    shaping.undo(workspace, project_id, note)
    assert current(*mapped).taxonomy == before


def before_ids(found: NameOffers) -> list[str]:
    return [one.name.topic for one in found.offers]


def test_siblings_central_texts_and_the_aim_are_shown(mapped: Where, model: ScriptedModel) -> None:
    prompts: list[Prompt] = []

    def answer(prompt: Prompt, _: int) -> str:
        prompts.append(prompt)
        return said(prompt)

    model.answer = answer
    judging.save(*mapped, replace(REMOTE, aim="by product"), cap=5.0, nothing_leaves=False)
    leaf = leaves_of(mapped)[0]
    run(mapped, [leaf.id])

    (prompt,) = prompts
    siblings = [t for t in current(*mapped).taxonomy.topics if t.parent == leaf.parent]
    assert all(one.label in prompt.user for one in siblings if one.id != leaf.id)
    assert 5 <= len(texts_of(prompt)) <= 10
    assert "by product" in prompt.system
    assert offered(mapped).offers[0].label == leaf.label


def test_replies_are_paid_once_and_an_unusable_one_is_asked_again_with_the_reason(
    mapped: Where, model: ScriptedModel
) -> None:
    leaf, other = leaves_of(mapped)[:2]

    def answer(prompt: Prompt, _: int) -> str:
        again = "An earlier reply could not be used." in prompt.user
        mine = leaf.keywords[0] in prompt.user.split("Names that are taken")[0]
        return "prose" if mine and not again else said(prompt)

    model.answer = answer
    run(mapped, [leaf.id])
    assert model.calls == 2
    assert len(offered(mapped).offers) == 1
    run(mapped, [leaf.id])
    assert model.calls == 2

    model.answer = lambda *_: "prose"
    run(mapped, [other.id])
    found = offered(mapped)
    assert found.offers == ()
    assert found.left[0][0] == other.label
    assert found.left[0][1].startswith("No usable reply came, twice.")


def test_no_verbatim_quote_is_asked_for_once_more_and_then_told(
    mapped: Where, model: ScriptedModel
) -> None:
    leaf = leaves_of(mapped)[0]
    model.answer = lambda prompt, _: said(prompt, quotes=["nobody said this"])
    run(mapped, [leaf.id])

    assert model.calls == 2
    (one,) = offered(mapped).offers
    assert one.name.basis.quotes == ()
    assert one.note == "No quote of it stands in the texts."


def test_two_siblings_of_one_name_are_told_apart_or_left(
    mapped: Where, model: ScriptedModel
) -> None:
    def answer(prompt: Prompt, _: int) -> str:
        taken = prompt.user.split("Names that are taken")[1]
        return said(prompt, label="Cards again" if "All cards" in taken else "All cards")

    model.answer = answer
    tree = current(*mapped).taxonomy
    parent = next(t.parent for t in leaves_of(mapped) if t.parent)
    three = [topic.id for topic in tree.topics if topic.parent == parent][:3]
    assert len(three) >= 2
    run(mapped, three)

    found = offered(mapped)
    labels = [one.name.label for one in found.offers]
    assert labels[:2] == ["All cards", "Cards again"]
    assert len(labels) + len(found.left) == len(three)
    naming.take(mapped[0], current(*mapped), found, before_ids(found), "ann")


def test_people_s_names_stay_and_can_be_defined(mapped: Where, model: ScriptedModel) -> None:
    workspace, project_id = mapped
    first, second = leaves_of(mapped)[:2]
    shaping.edit(workspace, project_id, Rename(version(mapped), first.id, "Mine"), "ann")
    shaping.edit(workspace, project_id, SetLock(version(mapped), second.id, True), "ann")
    run(mapped)
    assert not {first.id, second.id} & set(before_ids(offered(mapped)))

    model.answer = lambda prompt, _: json.dumps(
        {"definition": "It is mine.", "quotes": [texts_of(prompt)[0][1]]}
    )
    run(mapped, [first.id, second.id])
    found = offered(mapped)
    (one,) = found.offers
    assert (one.name.label, one.name.description) == ("Mine", "It is mine.")
    assert found.left == ((second.label, "It is locked."),)
    taken = naming.take(workspace, current(*mapped), found, [first.id], "ann")
    assert find(taken, first.id).named_by == "human"
    assert find(taken, first.id).description == "It is mine."
    with pytest.raises(TooFewError):
        naming.start(workspace, project_id, ["gone"], "llm")


def version(where: Where) -> int:
    return current(*where).taxonomy.version


def test_offers_lapse_by_themselves_and_a_decision_is_made_once(
    mapped: Where, model: ScriptedModel
) -> None:
    workspace, project_id = mapped
    first, second, third, fourth = leaves_of(mapped)[:4]
    run(mapped)
    here, found = current(*mapped), offered(mapped)
    shaping.edit(workspace, project_id, Rename(version(mapped), first.id, "Mine"), "ann")
    shaping.edit(workspace, project_id, Merge(version(mapped), (second.id, third.id)), "ann")

    now = offered(mapped)
    assert now.lapsed == 3
    assert not {first.id, second.id, third.id} & set(before_ids(now))
    assert naming.outdated_names(workspace, current(*mapped)).keys() == {second.id}
    with pytest.raises(StaleEditError):
        naming.take(workspace, here, found, [fourth.id], "ann")
    naming.put_away(workspace, now)
    with pytest.raises(StaleEditError, match="decided"):
        naming.take(workspace, current(*mapped), now, [fourth.id], "ann")

    run(mapped, [second.id], by="keywords")
    by_words = offered(mapped)
    (one,) = by_words.offers
    assert (by_words.by, one.name.basis.clusters) == (
        "keywords",
        tuple(sorted((*second.clusters, *third.clusters))),
    )
    naming.take(workspace, current(*mapped), by_words, [second.id], "ann")
    assert naming.outdated_names(workspace, current(*mapped)) == {}


def test_the_cap_and_a_provider_that_is_gone_end_the_run_and_nothing_is_lost(
    mapped: Where, model: ScriptedModel
) -> None:
    run(mapped)
    open_offer = offered(mapped)
    judging.save(*mapped, replace(REMOTE, aim="other"), cap=0.0, nothing_leaves=False)
    ended = run(mapped)
    assert ended.status is JobStatus.FAILED
    assert "cap" in ended.error
    assert offered(mapped) == open_offer

    judging.save(*mapped, replace(REMOTE, aim="other"), cap=5.0, nothing_leaves=False)
    refusal = ProviderError("It refused.", "Leave this text out.")
    model.fail = lambda call, _: refusal if call % 3 == 0 else None
    run(mapped)
    partly = offered(mapped)
    assert partly.offers
    assert {why for _, why in partly.left} == {"It refused."}
    model.fail = lambda *_: refusal
    judging.save(*mapped, replace(REMOTE, aim="third"), cap=5.0, nothing_leaves=False)
    assert run(mapped).status is JobStatus.FAILED
    assert judging.budget_of(*mapped).reserved == 0


def test_a_cancelled_run_offers_nothing_and_pays_nothing_twice(
    mapped: Where, model: ScriptedModel
) -> None:
    judging.save(*mapped, replace(REMOTE, concurrency=1), cap=5.0, nothing_leaves=False)

    class Impatient(Listener):
        def report(self, fraction: float, message: str) -> None:
            super().report(fraction, message)
            if model.answers >= 3:
                raise Cancelled

    params = {"topics": "", "by": "llm"}
    with pytest.raises(Cancelled):
        naming.name_topics(*mapped, params, Impatient())
    paid = model.answers
    assert 3 <= paid < len(leaves_of(mapped))
    listener = Listener()
    naming.name_topics(*mapped, params, listener)
    assert model.answers == len(leaves_of(mapped))
    fractions = [fraction for fraction, _ in listener.reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_nothing_is_sent_while_nothing_may_leave_and_without_an_llm(mapped: Where) -> None:
    with pytest.raises(InputError, match="No LLM"):
        naming.start(*mapped, None, "llm")
    away = JudgeSettings("openai", "m", price=Price(1.0, 4.0))
    judging.save(*mapped, away, cap=5.0, nothing_leaves=True)
    with pytest.raises(NothingLeaves):
        naming.start(*mapped, None, "llm")
    with pytest.raises(NothingLeaves):
        naming.name_topics(*mapped, {"topics": "", "by": "llm"}, Listener())


def test_the_estimate_says_what_it_takes(mapped: Where, model: ScriptedModel) -> None:
    told = naming.expected(*mapped, 100)
    assert told.calls == 100
    assert 0.1 < told.dollars < 1.0
    assert told.seconds > 10
