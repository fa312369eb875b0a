"""The map beside itself, made otherwise: started, watched and read on the Map page."""

from __future__ import annotations

import time

from core.project import comparing, use_cases
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, field, press


def test_a_comparison_is_made_beside_a_standing_map(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("map", mapped)
    app.session_state["compare"] = True
    app = app.run()
    ways = field(app.multiselect, "Compare with")
    assert ways.value == ["seed", "int8", "uint8", "eom", "leaf"]
    app = ways.set_value(["eom", "int8"]).run()
    app = press(app, "Compare")

    job = use_cases.newest_job(workspace, mapped, comparing.KIND)
    assert job is not None
    while not (job := use_cases.watch_job(workspace, job.id)).status.over:
        time.sleep(0.1)
    assert job.error == ""
    app.session_state["compare"] = True
    app = app.run()
    assert not app.exception
    found = next(frame.value for frame in app.dataframe if "ARI" in frame.value)
    assert found["Clusters"].tolist() == [comparing.WAYS[way] for way in ("now", "int8", "eom")]
    stored = next(frame.value for frame in app.dataframe if "Saved" in frame.value)
    assert stored["Saved"].tolist() == [0.0, 0.75, 0.75, 0.75, 0.96875]
