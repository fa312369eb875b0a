"""Review with a model's answers, several people, a table: what stands on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit import user_info
from streamlit.testing.v1 import AppTest

from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, answer, corpus_of, field, press
from tests.app.test_untrusted import assert_inert
from tests.opinions import AT, MODEL, REASON, lots, put, say

SCRIPT_END = "'; alert(1); '<\\script>"


@pytest.fixture
def pairs(mapped: str, workspace: Workspace) -> list[Pair]:
    """Pairs of neighbouring texts that no model's answer is hidden for."""
    ids = [text.id for text in corpus_of(workspace, mapped)]
    found = [Pair(*two) for two in zip(ids[::2], ids[1::2], strict=False)]
    return [q for q in lots(workspace, mapped, found, "blind", 0.1)[1] if isinstance(q, Pair)]


def captions(app: AppTest) -> str:
    return "\n".join(element.value for element in app.main.caption)


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.main.button]


def verdicts(workspace: Workspace, project_id: str) -> list[tuple[str, str, str]]:
    return [
        (judgment.annotator, judgment.source, judgment.verdict)
        for judgment in workspace.store.reviews.judgments(project_id)
        if judgment.source != "llm"
    ]


def blind_share(workspace: Workspace, project_id: str, share: float) -> None:
    spending = workspace.store.spending
    spending.begin(project_id, spending.settings(project_id), 0)
    settings = replace(spending.settings(project_id), blind_share=share)
    spending.save_settings(project_id, settings)


def choose(app: AppTest, mode: str) -> AppTest:
    app = field(app.segmented_control, "How to review").set_value(mode).run()
    assert not app.exception
    return app


def test_a_models_answer_is_the_suggestion_with_its_reason(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    put(workspace, mapped, pairs[0], touches=63)
    say(workspace, mapped, pairs[0], Verdict.DIFFERENT, 0.83)
    app = open_app("review", mapped)

    assert "The LLM says **Different**, 83% sure" in captions(app)
    assert "did not arrive" in captions(app)
    assert "Touches 63 texts" in captions(app)
    press(app, "Accept: Different")
    assert verdicts(workspace, mapped) == [("me", "human", "different")]
    # An approval of what was shown is no agreement.
    assert workspace.store.checks.tally(mapped, "me").blind == 0


def test_a_models_abstention_suggests_nothing_of_its_own(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    put(workspace, mapped, pairs[0])
    say(workspace, mapped, pairs[0], Verdict.UNSURE, reason="Both orders gave another answer.")
    app = open_app("review", mapped)

    assert not [label for label in buttons(app) if label.startswith("Accept")]
    assert "LLM says" not in captions(app)
    assert "The LLM could not tell. Both orders gave another answer" in captions(app)


def test_a_blind_check_hides_the_answer_until_one_is_given(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    blind_share(workspace, mapped, 1.0)
    put(workspace, mapped, *pairs[:2])
    for pair in pairs[:2]:
        say(workspace, mapped, pair, Verdict.SAME)
    app = open_app("review", mapped)
    assert "Blind check" in captions(app)
    assert REASON not in captions(app)
    assert not [label for label in buttons(app) if label.startswith("Accept")]

    app = press(app, "Same")

    assert "You said **Same**, the LLM said **Same**" in app.toast[0].value
    assert "agrees with 1 of 1 answers" in captions(app)
    app = press(app, "Different")
    assert "agrees with 1 of 2 answers" in captions(app)


def test_hostile_reasons_and_names_are_shown_as_text(
    mapped: str,
    workspace: Workspace,
    open_app: OpenApp,
    pairs: list[Pair],
    hostile: tuple[str, ...],
) -> None:
    put(workspace, mapped, *pairs[:3])
    for pair, words in zip(pairs, hostile, strict=False):
        say(workspace, mapped, pair, Verdict.SAME, reason=words)
        for who, verdict in ((hostile[0], Verdict.SAME), ("bo", Verdict.DIFFERENT)):
            given = Judgment(pair, verdict, "human", who, 1.0, AT)
            workspace.store.reviews.record(mapped, given)
    app = open_app("review", mapped)
    name = field(app.text_input, "Your name").set_value(f"Eve {SCRIPT_END}")
    assert_inert(name.run(), (*hostile, SCRIPT_END))
    for mode in ("Table", "Disagreements"):
        assert_inert(choose(app, mode), hostile)


def test_the_stop_sums_up_and_says_what_is_left_wrong(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    put(workspace, mapped, *pairs[:30])
    for place, pair in enumerate(pairs[:30]):
        say(workspace, mapped, pair, Verdict.SAME)
        if place < 20:
            at = AT + timedelta(minutes=1, seconds=place)
            given = Judgment(pair, Verdict.SAME, "human", "me", 1.0, at)
            workspace.store.reviews.record(mapped, given, "llm")
    app = open_app("review", mapped)

    told = "\n".join(element.value for element in app.main.markdown)
    assert "The last batch: 20 as suggested" in told.replace("\\", "")
    assert "Of the 10 answers of the LLM that nobody has looked at" in told.replace("\\", "")


def test_two_sessions_are_asked_different_questions_and_a_name_is_taken(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    put(workspace, mapped, *pairs[:4])
    one, other = open_app("review", mapped), open_app("review", mapped)
    shown = [next(b.key for b in app.main.button if b.label == "Skip") for app in (one, other)]
    assert shown[0] != shown[1]

    other = field(other.text_input, "Your name").set_value("Bo").run()
    press(other, "Same")
    press(one, "Different")

    assert verdicts(workspace, mapped) == [("Bo", "human", "same"), ("me", "human", "different")]
    other = field(other.text_input, "Your name").set_value("a/b").run()
    assert "slash" in other.error[0].value


def test_where_people_sign_in_nobody_answers_without_and_their_name_is_taken(
    mapped: str, workspace: Workspace, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    who: dict[str, object] = {"is_logged_in": False}
    monkeypatch.setattr(user_info, "_get_user_info", lambda: who)
    app = open_app("review", mapped)
    assert buttons(app) == ["Sign in"]

    who.update(is_logged_in=True, email="ada@example.org")
    app = answer(app.run())

    assert [name for name, *_ in verdicts(workspace, mapped)] == ["ada@example.org"]
    assert not [f for f in app.text_input if f.label == "Your name"]


def test_a_table_of_many_is_approved_and_taken_back_at_one_stroke(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    put(workspace, mapped, *pairs[:6])
    for place, pair in enumerate(pairs[:6]):
        say(workspace, mapped, pair, Verdict.SAME, 0.4 + place / 10)
    app = choose(open_app("review", mapped), "Table")
    assert "6 of 6 answers pass the filter" in captions(app)
    app = field(app.slider, "The LLM is sure at least").set_value(70).run()
    assert "3 of 6 answers pass the filter" in captions(app)

    app = press(app, "Approve 3 answers")

    assert "3 answers approved" in app.toast[0].value
    assert verdicts(workspace, mapped) == [("me", "bulk", "same")] * 3
    app = press(app, "Undo")
    assert "approval of 3 answers was taken back" in app.toast[0].value
    assert verdicts(workspace, mapped) == []


def test_a_disagreement_is_shown_with_both_answers_and_settled(
    mapped: str, workspace: Workspace, open_app: OpenApp, pairs: list[Pair]
) -> None:
    app = choose(open_app("review", mapped), "Disagreements")
    assert "No disagreement waits" in app.info[0].value
    put(workspace, mapped, pairs[0])
    for who, verdict in (("Ada", Verdict.SAME), ("me", Verdict.DIFFERENT)):
        given = Judgment(pairs[0], verdict, "human", who, 1.0, AT)
        workspace.store.reviews.record(mapped, given, "nothing")
    app = app.run()
    told = "\n".join(element.value for element in app.main.markdown)
    assert "**Ada** said Same · **me** said Different" in told
    assert "0 of 1 times" in captions(app)

    app = press(app, "Same")

    assert verdicts(workspace, mapped) == [("Ada", "human", "same"), ("me", "human", "same")]
    assert "No disagreement waits" in app.info[0].value
    assert "0 of 1 times" in captions(app)
    press(app, "Undo")
    assert ("me", "human", "different") in verdicts(workspace, mapped)
    assert MODEL not in {name for name, *_ in verdicts(workspace, mapped)}
