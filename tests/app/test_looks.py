"""Other looks at the map: each opens, and says what it needs where it cannot."""

from __future__ import annotations

from core.project.mapping import make_map
from core.project.workspace import Workspace
from tests.app.conftest import Silent
from tests.app.screen import OpenApp, bring, field

ROWS = "text,day\n" + "".join(
    f"message {i} about my {'card' if i % 2 else 'phone'},2024-0{1 + i % 5}-1{i % 7}\n"
    for i in range(60)
)


def test_all_points_likeness_and_the_tree_are_shown(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("map", mapped)
    assert "HTML" in [one.proto.label for one in app.get("download_button")]
    app = field(app.toggle, "All points").set_value(True).run()
    assert not app.exception
    assert not app.get("vega_lite_chart")
    app.session_state["likeness"] = True
    app = app.run()
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == 2
    assert any("between 7 topics" in one.value for one in app.caption)
    assert "Sizes over time" not in [one.label for one in app.expander]


def test_a_column_of_dates_and_a_tree_of_clusters_have_their_pictures(
    workspace: Workspace, open_app: OpenApp
) -> None:
    project = bring(workspace, text=ROWS)
    make_map(workspace, project.id, {}, Silent())
    app = open_app("map", project.id)
    labels = [one.label for one in app.expander]
    assert "Sizes over time" in labels and "How the clusters were found" in labels
    before = len(app.get("vega_lite_chart"))
    app.session_state["timeline"], app.session_state["tree"] = True, True
    app = app.run()
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == before + 2
