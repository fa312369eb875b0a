"""The levels around a real map, what names them, and their previews."""

from __future__ import annotations

import altair as alt
import numpy as np

from core.domain.clusterings import UNASSIGNED
from core.domain.reviewing import Seat
from core.project import pictures
from core.project.arrays import load_map
from core.project.granularity import levels, preview, stamp
from core.project.grouping import grouping_of_all
from core.project.mapping import current
from core.project.review import undo_answer
from core.project.viewing import view
from core.project.workspace import Workspace
from tests.project.conftest import AnswerGold

Mapped = tuple[Workspace, str]


def test_the_levels_begin_at_the_map_and_answers_make_them_new(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    here = current(workspace, project)
    labels = load_map(workspace, here.map.id)[2].labels
    found = levels(workspace, here)
    assert found.groups == len(set(labels.tolist()) - {UNASSIGNED})
    assert found.groups in found.choices
    assert {stop.k for stop in found.granularity.stops} <= set(found.choices)
    assert found.choices == tuple(sorted(set(found.choices)))
    assert f"Now: {found.groups} groups." in found.told
    assert "once there are about 20 more" in found.told
    before = stamp(workspace, here)
    assert before == stamp(workspace, here)
    answer_gold(workspace, project, 2)
    assert stamp(workspace, here) != before
    undo_answer(workspace, project, Seat("me"))
    undo_answer(workspace, project, Seat("me"))
    assert stamp(workspace, here) == before


def test_the_groups_that_the_answers_make_are_told_beside_the_other_estimates(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    here = current(workspace, project)
    assert levels(workspace, here).granularity.found is None
    answer_gold(workspace, project, 3)
    assert levels(workspace, here).granularity.found is None, "three answers show no number"
    answer_gold(workspace, project, 57)
    found = levels(workspace, here)
    made = found.granularity.found
    assert made is not None
    labels = grouping_of_all(workspace, here.map).clustering.labels
    assert made.low <= made.k == len(set(labels.tolist()) - {UNASSIGNED}) <= made.high
    between = f"{made.k} groups ({made.low} to {made.high})"
    assert f"Spread over all texts, they make {between}." in found.told
    assert "The texts alone speak for about" in found.told
    assert made.k in found.choices or found.granularity.answered is not None


def test_a_preview_names_each_group_once(mapped: Mapped) -> None:
    workspace, project = mapped
    here = current(workspace, project)
    _, layout, clustering = load_map(workspace, here.map.id)
    shown = view(here.taxonomy, layout, clustering)
    found = levels(workspace, here)
    same = preview(found, shown, found.groups)
    assert sorted(same.names.values()) == sorted(shown.names.values())
    assert ((same.groups == UNASSIGNED) == (clustering.labels == UNASSIGNED)).all()
    for k in (2, found.groups + 5):
        level = preview(found, shown, k)
        assert sorted(level.names) == list(range(k))
        assert len(set(level.names.values())) == k
        chart = pictures.level_map(here.project, shown, level, keep=(), dark=True)
        assert chart.to_dict()["layer"]
    wide, fine = preview(found, shown, 2), preview(found, shown, found.groups + 5)
    assert all(" topics: " in name for name in wide.names.values())
    assert any(", part 2" in name for name in fine.names.values())
    inside = wide.groups != UNASSIGNED
    joined = set(zip(same.groups[inside].tolist(), wide.groups[inside].tolist(), strict=True))
    assert len(joined) == found.groups, "a level above joins whole groups"


def test_curves_mark_the_stops_and_the_band_only_where_there_are_answers(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    here = current(workspace, project)
    (alone,) = pictures.level_curves(levels(workspace, here), 5, dark=False)
    assert marks(alone) == ["rule", "line", "point", "text"]
    answer_gold(workspace, project, 120)
    found = levels(workspace, here)
    assert found.granularity.answered is not None
    assert "Your answers speak for" in found.told
    with_band, below = pictures.level_curves(found, 5, dark=True)
    assert marks(with_band) == ["rule", "area", "line", "point", "text"]
    assert marks(below) == ["rule", "line", "point", "text"]
    data = with_band.to_dict()["datasets"].values()
    stops = {stop.k for stop in found.granularity.stops}
    assert any({row.get("groups") for row in rows} == stops for rows in data)
    assert np.isfinite([row["value"] for rows in data for row in rows if "value" in row]).all()


def marks(chart: alt.LayerChart) -> list[str]:
    return [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
