"""Verbs for a page under AppTest, and people who use it: press, find, upload, answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from streamlit.testing.v1 import AppTest

from core.domain.clusterings import Lineage, LineageStep
from core.domain.judgments import Verdict
from core.domain.projects import Project
from core.domain.proposals import Proposal
from core.domain.reviewing import Seat
from core.domain.training import Score
from core.project import intake, review
from core.project.mapping import current
from core.project.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
OpenApp = Callable[..., AppTest]
PAGES = ("map", "review", "retrain", "taxonomy", "export")
ROWS = "text,label\n" + "".join(f"message {i} about my card,kind {i % 3}\n" for i in range(12))


def walk(block: Any) -> Iterator[Any]:
    """Yield every element and block on the screen."""
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from walk(child)


def press(app: AppTest, label: str, block: Any = None) -> AppTest:
    found = [b for b in (block or app.main).button if b.label == label]
    assert found, f"no button {label!r} among {[b.label for b in app.button]}"
    app = found[0].click().run()
    assert not app.exception
    return app


def field(found: Any, label: str) -> Any:
    return next(widget for widget in found if widget.label == label)


def title(app: AppTest) -> str:
    assert not app.exception
    return app.title[0].value


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app = app.file_uploader[0].set_value((name, data, "application/octet-stream")).run()
    assert not app.exception
    return app


def only_project(workspace: Workspace) -> Project:
    (project,) = intake.all_projects(workspace)
    return project


def bring(workspace: Workspace, name: str = "first", text: str = ROWS) -> Project:
    table = intake.read_upload(workspace, f"{name}.csv", text.encode())
    return intake.create_project(
        workspace, table, intake.guess(table), name=name, data=text.encode()
    )


def progress(app: AppTest) -> str:
    return app.get("progress")[0].proto.text


def corpus_of(workspace: Workspace, project_id: str) -> tuple[Any, ...]:
    return intake.load_corpus(workspace, intake.find_project(workspace, project_id)).texts


def answer_many(workspace: Workspace, project_id: str, count: int) -> None:
    """Answer as the embedder guesses, without the page."""
    for _ in range(count):
        handed = review.next_question(workspace, project_id, Seat("me"))
        assert handed is not None
        asked = handed.asked
        guessed = Verdict(asked.guess.verdict) if asked.guess else Verdict.SAME
        review.answer(workspace, project_id, asked.question.id, guessed, "me")


def answer(app: AppTest) -> AppTest:
    labels = [button.label for button in app.main.button]
    first = ("First", "Same", "A new group", "All three together")
    return press(app, next(label for label in first if label in labels))


def offer(workspace: Workspace, project_id: str, before: int, after: int) -> Proposal:
    """Propose a copy of the current map, judged right on so many of ten answers."""
    here = current(workspace, project_id)
    new = replace(here.map, id=uuid4().hex, round=here.map.round + 1, parent=here.map.id)
    proposal = Proposal(
        id=uuid4().hex,
        project=project_id,
        old_map=here.map.id,
        new_map=new.id,
        before=Score.of(before, 10),
        after=Score.of(after, 10),
        trained_on=30,
        moved=0,
        seconds=12.0,
        lineage=Lineage(tuple(LineageStep("kept", (i,), (i,), 21) for i in range(7))),
        status="open",
        at=datetime.now(UTC),
    )
    workspace.store.maps.propose(new, proposal)
    return proposal
