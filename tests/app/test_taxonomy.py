"""The Taxonomy page: what it does to a tree, what it refuses, and a change that came too late."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.taxonomy import Rename, SetArchived, Taxonomy, Topic
from core.project import exporting, shaping
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import inner_ids, leaves
from tests.app.screen import OpenApp, field, press, progress

FORMULA = '=HYPERLINK("https://example.invalid","card")'


def tree(workspace: Workspace, project_id: str) -> Taxonomy:
    return current(workspace, project_id).taxonomy


def choose(app: AppTest, *topics: Topic) -> AppTest:
    return app.multiselect(key="picked").set_value([topic.id for topic in topics]).run()


def label(app: AppTest, typed: str) -> AppTest:
    return field(app.main.text_input, "Label").set_value(typed).run()


@pytest.fixture
def ends(mapped: str, workspace: Workspace) -> tuple[Topic, ...]:
    return leaves(tree(workspace, mapped))


def siblings(ends: tuple[Topic, ...]) -> list[Topic]:
    """Two topics of one parent, whose names may not be the same."""
    return next(
        found
        for topic in ends
        if len(found := [other for other in ends if other.parent == topic.parent]) > 1
    )[:2]


@pytest.mark.parametrize(
    ("typed", "told"),
    [("   ", "this one is empty"), ("x" * 10_000, "10000 characters"), (None, "another topic")],
)
def test_a_name_that_cannot_be_is_refused_and_stays_to_be_mended(
    mapped: str,
    workspace: Workspace,
    open_app: OpenApp,
    ends: tuple[Topic, ...],
    typed: str | None,
    told: str,
) -> None:
    one, other = siblings(ends)
    before = tree(workspace, mapped)
    typed = other.label.upper() if typed is None else typed
    app = label(choose(open_app("taxonomy", mapped), one), typed)
    assert told in app.error[0].value
    assert field(app.main.text_input, "Label").value == typed
    assert tree(workspace, mapped) == before


def test_a_name_like_a_formula_is_a_name_and_leaves_as_text(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    app = label(choose(open_app("taxonomy", mapped), ends[0]), FORMULA)
    assert not app.error
    assert leaves(tree(workspace, mapped))[0].label == FORMULA
    written = exporting.export(workspace, mapped).files["taxonomy.csv"].decode("utf-8-sig")
    assert FORMULA.replace('"', '""') in written
    assert f'"{FORMULA[:9]}' not in written


def test_one_topic_is_renamed_described_moved_locked_reviewed_archived_and_restored(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    topic = next(end for end in ends if end.parent is not None)
    app = label(choose(open_app("taxonomy", mapped), topic), "Late cards")
    app = field(app.main.text_area, "Description").set_value("What is late.").run()
    app = field(app.main.selectbox, "Under").set_value("").run()
    app = press(app, "Lock")
    found = next(t for t in tree(workspace, mapped).topics if t.id == topic.id)
    assert (found.label, found.description, found.parent, found.locked) == (
        "Late cards",
        "What is late.",
        None,
        True,
    )
    app = press(app, "Archive")
    assert "locked" in app.error[0].value
    app = press(press(app, "Unlock"), "Archive")
    assert "Late cards" not in {name.strip() for name in app.dataframe[0].value["Topic"]}
    app = press(app, "Restore")
    assert "Late cards" in {name.strip() for name in app.dataframe[0].value["Topic"]}
    found = next(t for t in tree(workspace, mapped).topics if t.id == topic.id)
    assert not found.archived and not found.locked


def test_a_parent_is_not_offered_a_place_under_its_own_child(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    taxonomy = tree(workspace, mapped)
    root = next(t for t in taxonomy.topics if t.id in inner_ids(taxonomy))
    app = choose(open_app("taxonomy", mapped), root)
    inside = {t.label for t in taxonomy.topics if t.parent == root.id}
    offered = field(app.main.selectbox, "Under").options
    assert not (inside | {root.label}) & set(offered)


def test_topics_are_merged_without_those_that_are_unticked_and_one_alone_never(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    app = choose(open_app("taxonomy", mapped), *ends[:3])
    app = app.checkbox(key=f"in{ends[1].id}").uncheck().run()
    app = field(app.main.selectbox, "It keeps the name of").set_value(ends[2].id).run()
    app = press(app, "Merge 2 into one")
    now = {topic.id: topic for topic in tree(workspace, mapped).topics}
    assert ends[0].id not in now and ends[1].id in now
    assert set(now[ends[2].id].clusters) == {*ends[0].clusters, *ends[2].clusters}
    app = choose(app, ends[1], ends[2])
    app = app.checkbox(key=f"in{ends[1].id}").uncheck().run()
    # Merging a topic into itself.
    assert field(app.main.button, "Merge 1 into one").disabled


def test_topics_are_grouped_under_a_new_parent(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    app = choose(open_app("taxonomy", mapped), *ends[:2])
    app = field(app.main.text_input, "Name of the parent").set_value("Both").run()
    press(app, "Group 2")
    now = tree(workspace, mapped)
    (parent,) = [topic for topic in now.topics if topic.label == "Both"]
    assert {t.id for t in now.topics if t.parent == parent.id} == {t.id for t in ends[:2]}


def test_a_topic_is_split_after_its_parts_are_shown(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    app = choose(open_app("taxonomy", mapped), ends[0])
    app = app.button_group(key="topic_part").set_value("Split").run()
    app = app.button_group(key="split_parts").set_value(3).run()
    assert len([m for m in app.main.markdown if m.value.startswith("**Part ")]) == 3
    assert tree(workspace, mapped).version == 1
    app = field(app.main.text_input, "Name").set_value("What leaves").run()
    press(app, "Split into 3 topics")
    now = tree(workspace, mapped)
    assert len(leaves(now)) == len(ends) + 2
    assert "What leaves" in {topic.label for topic in now.topics}


def test_walking_marks_as_reviewed_and_goes_on(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    app = press(open_app("taxonomy", mapped), "Next unreviewed")
    for count in range(len(ends)):
        assert f"{count} of {len(ends)} topics reviewed" in progress(app)
        app = press(app, "Reviewed, next")
    assert all(topic.reviewed for topic in leaves(tree(workspace, mapped)))
    assert field(app.main.button, "Next unreviewed").disabled


def test_a_change_on_an_older_version_waits_for_a_choice(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    def meanwhile(name: str) -> None:
        made = Rename(tree(workspace, mapped).version, ends[1].id, name)
        shaping.edit(workspace, mapped, made, "ada")

    app = choose(open_app("taxonomy", mapped), ends[0])
    meanwhile("By ada")
    app = label(app, "By me")
    (warning,) = app.warning
    assert "By me" in warning.value and "By ada" in warning.value
    assert "By me" not in {t.label for t in tree(workspace, mapped).topics}
    app = press(app, "Make it now")
    assert not app.warning
    assert {"By me", "By ada"} <= {t.label for t in tree(workspace, mapped).topics}

    meanwhile("By ada again")
    app = label(app, "Never mind")
    app = press(app, "Drop it")
    assert not app.warning
    assert {"By me", "By ada again"} <= {t.label for t in tree(workspace, mapped).topics}


def test_a_late_change_that_makes_no_sense_any_more_says_so(
    mapped: str, workspace: Workspace, open_app: OpenApp, ends: tuple[Topic, ...]
) -> None:
    app = choose(open_app("taxonomy", mapped), ends[0])
    aside = SetArchived(tree(workspace, mapped).version, ends[0].id, True)
    shaping.edit(workspace, mapped, aside, "ada")
    app = press(app, "Lock")
    app = press(app, "Make it now")
    assert "archived" in app.error[0].value


def test_the_checks_explain_the_score_and_lead_to_their_topics(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("taxonomy", mapped)
    app = app.button_group(key="taxonomy_view").set_value("Checks").run()
    names = [metric.label for metric in app.metric]
    assert names == ["Taxonomy score", "Coverage", "Separation", "Agreement", "Shape", "Review"]
    assert app.metric[0].value.endswith("%")
    assert app.metric[3].value == "–"
    app = press(app, "Show")
    assert app.button_group(key="taxonomy_view").value == "Shape"
    assert len(app.multiselect(key="picked").value) >= 1
