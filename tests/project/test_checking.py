"""The tree looked over, and a topic split after its parts were shown."""

from __future__ import annotations

from core.domain.checking import Finding
from core.domain.questions import Pair
from core.domain.reviewing import Seat
from core.domain.taxonomy import SetArchived, SetReviewed
from core.project import checking, review, splitting
from core.project.arrays import load_clustering, load_embedding
from core.project.checking import Overview
from core.project.intake import load_corpus
from core.project.mapping import Current, current
from core.project.shaping import edit
from core.project.workspace import Workspace


def looked(workspace: Workspace, project_id: str) -> tuple[Current, Overview]:
    here = current(workspace, project_id)
    embedding, clustering = (
        load_embedding(workspace, here.map),
        load_clustering(workspace, here.map),
    )
    return here, checking.look_over(workspace, here, embedding, clustering)


def test_archived_topics_stand_apart_with_the_texts_they_would_hold(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    here, before = looked(workspace, project_id)
    line = next(line for line in before.lines if line.leaf)
    edit(workspace, project_id, SetArchived(here.taxonomy.version, line.topic.id, True), "me")

    _, after = looked(workspace, project_id)

    assert line.topic.id not in {one.topic.id for one in after.lines}
    aside = [(one.topic.id, one.size) for one in after.archived]
    assert (line.topic.id, line.size) in aside or line.topic.parent in dict(aside)
    assert after.members(line.topic.id) == ()
    assert before.archived == ()


def test_walking_from_one_unreviewed_topic_to_the_next_meets_all_and_ends(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    _, overview = looked(workspace, project_id)
    ends = [topic.id for topic in overview.ends]
    walked, at = [], overview.next_unreviewed(None)
    while at is not None:
        walked.append(at)
        here = current(workspace, project_id)
        edit(workspace, project_id, SetReviewed(here.taxonomy.version, at, True), "me")
        _, overview = looked(workspace, project_id)
        at = overview.next_unreviewed(at)
    assert walked == ends
    assert overview.score.parts[-1].value == 1.0
    assert not [one for one in overview.findings if one.kind == "not reviewed"]


def test_a_question_about_near_siblings_waits_in_the_queue_once_for_each_pair(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    here, overview = looked(workspace, project_id)
    one, other = (topic.id for topic in overview.ends[:2])
    found = Finding("near siblings", (one, other), "They lie close.")
    embedding = load_embedding(workspace, here.map)

    assert checking.ask_whether_one(workspace, here, overview, embedding, found)

    handed = review.next_question(workspace, project_id, Seat("me"))
    assert handed is not None
    question = handed.asked.question
    assert isinstance(question, Pair)
    members = set(overview.members(one)), set(overview.members(other))
    assert len({question.left, question.right} & members[0]) == 1
    assert len({question.left, question.right} & members[1]) == 1
    assert handed.asked.touches == len(members[0]) + len(members[1])
    # The next time it is about other texts of the two.
    assert checking.ask_whether_one(workspace, here, overview, embedding, found)
    assert len(workspace.store.reviews.asked_ids(project_id)) == 2
    while checking.ask_whether_one(workspace, here, overview, embedding, found):
        pass
    assert 2 < len(workspace.store.reviews.asked_ids(project_id)) <= 25


def test_the_parts_of_a_topic_are_what_a_split_makes_of_it(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    here, overview = looked(workspace, project_id)
    line = max((one for one in overview.lines if one.leaf), key=lambda one: one.size)
    known = {text.id: text for text in load_corpus(workspace, here.project).texts}
    embedding = load_embedding(workspace, here.map)

    found = splitting.preview(
        here.taxonomy, overview.assignment, embedding, known, line.topic.id, 3
    )

    assert sum(len(part.texts) for part in found) == line.size
    assert len({part.label.casefold() for part in found}) == 3
    assert all(part.keywords and set(part.central) <= set(part.texts) for part in found)
    names = tuple(f"Part {i}" for i in range(3))
    change = splitting.commit(here.taxonomy.version, line.topic.id, found, names, 1)
    edit(workspace, project_id, change, "me")
    _, after = looked(workspace, project_id)
    held = {topic.label: after.members(topic.id) for topic in after.ends}
    assert set(held["Part 0"]) == set(found[0].texts)
    assert set(held["Part 2"]) == set(found[2].texts)
    assert set(after.members(line.topic.id)) == set(found[1].texts)
