"""The map's arithmetic, and what its charts send to a browser."""

from __future__ import annotations

import itertools
import json
import warnings
from collections import Counter
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.texts import Health
from core.steps.charts import (
    DARK_PALETTE,
    LIGHT_PALETTE,
    SELECTIONS,
    Side,
    categories,
    colored,
    density,
    in_ranges,
    length_histogram,
    loss_curve,
    map_points,
    medoid_labels,
    sample,
    scatter,
    side_by_side,
    thin,
)


def blobs(n: int, groups: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return xy float32 (n, 2) and labels int32 (n,) from −1 to groups − 1."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, groups, size=n).astype(np.int32)
    centers = rng.normal(size=(groups + 1, 2)) * 8
    return (centers[labels] + rng.normal(size=(n, 2))).astype(np.float32), labels


def everything(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.int64)


def dots(chart: dict[str, Any]) -> dict[str, Any]:
    """Return the layer of circles of a layered chart."""
    return next(layer for layer in chart["layer"] if layer["mark"]["type"] == "circle")


def rows_of(chart: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the data of a layer, which may be hoisted to the chart."""
    return chart["datasets"][layer.get("data", chart.get("data"))["name"]]


def group_colors(layer: dict[str, Any]) -> dict[int, str]:
    scale = layer["encoding"]["fill"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1, 6), min_size=1, max_size=300), st.integers(1, 320), st.data())
def test_a_sample_is_what_was_asked_for(labels: list[int], limit: int, data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.integers(0, len(labels) - 1), max_size=20))
    rows = sample(np.array(labels, dtype=np.int32), keep, limit, seed=3)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert set(keep) <= set(rows.tolist())
    assert len(rows) == min(len(labels), max(limit, len(set(keep))))


def test_small_groups_are_drawn_in_whole_and_large_ones_in_proportion() -> None:
    labels = np.repeat(np.array([-1, 0, 1, 2, 3]), [30_000, 20_000, 10_000, 12, 3]).astype(np.int32)
    rows = sample(labels, limit=10_000)
    drawn = Counter(labels[rows].tolist())
    assert len(rows) == 10_000
    assert (drawn[2], drawn[3]) == (12, 3)
    assert drawn[-1] > drawn[0] > drawn[1] > 1_000


def test_samples_repeat_and_hardly_move_with_another_clustering() -> None:
    _, labels = blobs(20_000, 12)
    rows = sample(labels, limit=5_000, seed=1)
    assert np.array_equal(rows, sample(labels, limit=5_000, seed=1))
    assert not np.array_equal(rows, sample(labels, limit=5_000, seed=2))
    coarser = np.where(labels >= 0, labels // 3, -1).astype(np.int32)
    assert len(np.intersect1d(rows, sample(coarser, limit=5_000, seed=1))) > 4_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-9, 9, width=32)] * 2), max_size=40),
    *[st.tuples(st.floats(-9, 9), st.floats(-9, 9))] * 2,
)
def test_a_brush_holds_what_lies_between_its_ends(
    places: list[tuple[float, float]], xs: tuple[float, float], ys: tuple[float, float]
) -> None:
    xy = np.array(places, dtype=np.float32).reshape(-1, 2)
    expected = [
        i
        for i, (x, y) in enumerate(xy.astype(float).tolist())
        if min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)
    ]
    assert in_ranges(xy, xs, ys).tolist() == in_ranges(xy, xs[::-1], ys[::-1]).tolist() == expected


def test_points_hold_numbers_only_and_little_is_lost() -> None:
    xy, labels = blobs(500, 5)
    rows = np.array([3, 8, 400])
    points = map_points(xy, labels, rows, strength=np.linspace(0, 1, 500, dtype=np.float32))
    assert list(points.columns) == ["i", "x", "y", "group", "strength"]
    assert all(kind.kind in "if" for kind in points.dtypes)
    assert points["i"].tolist() == [3, 8, 400]
    assert np.abs(points[["x", "y"]].to_numpy() - xy[rows]).max() < np.ptp(xy) / 5_000


@pytest.mark.parametrize("color", ["group", "strength", "category"])
def test_three_thousand_points_stay_below_a_tenth_of_a_megabyte(color: Any) -> None:
    xy, labels = blobs(3_000, 150)
    code, names = categories([f"value {i % 14}" for i in range(3_000)])
    points = map_points(
        xy,
        labels,
        everything(3_000),
        strength=np.ones(3_000, dtype=np.float32) / 3 if color == "strength" else None,
        category=code if color == "category" else None,
    )
    labels_frame = medoid_labels(
        xy, labels, {i: f"a topic with a long name {i}" for i in range(150)}
    )
    chart = scatter(points, color=color, labels=labels_frame, category_names=names)
    # The app sends a chart's tables as Arrow, a layer's own once each.
    frames = {id(layer.data): layer.data for layer in chart.layer}.values()
    assert sum(map(len, frames)) > 3_000
    spec = chart.to_dict()
    del spec["datasets"]
    sent = sum(pa.Table.from_pandas(frame).nbytes for frame in (*frames, labels_frame))
    assert sent + len(json.dumps(spec)) < 100_000


def test_the_map_offers_a_brush_a_pick_and_a_zoom_that_share_the_mouse() -> None:
    xy, labels = blobs(50, 3)
    chart = scatter(map_points(xy, labels, everything(50))).to_dict()
    params = {param["name"]: param for param in chart["params"]}
    assert set(params) == {*SELECTIONS, "zoom"}
    assert params["brush"]["select"]["encodings"] == ["x", "y"]
    assert params["pick"]["select"]["fields"] == ["i"]
    assert params["zoom"]["bind"] == "scales"
    for gesture in ("on", "translate"):
        assert "[!event.shiftKey]" in params["brush"]["select"][gesture]
        assert "[event.shiftKey]" in params["zoom"]["select"][gesture]
    assert params["brush"]["select"]["zoom"] is False
    assert params["zoom"]["select"]["zoom"] == "wheel!"


def test_tooltips_name_only_columns_of_ours() -> None:
    xy, labels = blobs(60, 3)
    code, names = categories(["image", "url", "![x](http://e.vil)"] * 20)
    points = map_points(
        xy, labels, everything(60), strength=np.ones(60, dtype=np.float32), category=code
    )
    chart = scatter(
        points, color="category", category_names=names, labels=medoid_labels(xy, labels, {})
    ).to_dict()
    shown = {tip["field"] for tip in dots(chart)["encoding"]["tooltip"]}
    assert shown == {"i", "label", "strength", "value"}
    columns = {key for rows in chart["datasets"].values() for row in rows for key in row}
    ours = {"i", "x", "y", "group", "label", "size", "strength", "category", "value"}
    assert columns <= {*ours, "half", "wide"}


def test_the_largest_groups_are_coloured_and_the_rest_grey() -> None:
    labels = np.repeat(np.arange(-1, 14), [200, *range(14, 0, -1)]).astype(np.int32)
    xy = np.random.default_rng(0).normal(size=(len(labels), 2)).astype(np.float32)
    colors = group_colors(dots(scatter(map_points(xy, labels, everything(len(labels)))).to_dict()))
    assert [colors[group] for group in range(10)] == list(LIGHT_PALETTE)
    assert not {colors[group] for group in range(10, 14)} & set(LIGHT_PALETTE)
    assert -1 not in colors
    assert colored(labels.tolist(), limit=2) == (0, 1)


def test_a_focus_takes_the_colours_in_its_own_order() -> None:
    xy, labels = blobs(400, 12)
    points = map_points(xy, labels, everything(400))
    layer = dots(scatter(points, focus=[11, 4], dark=True).to_dict())
    colors = group_colors(layer)
    assert [colors[11], colors[4]] == list(DARK_PALETTE[:2])
    assert not {colors[group] for group in range(12) if group not in (11, 4)} & set(DARK_PALETTE)
    own = group_colors(dots(scatter(points, focus=[3], palette=["#123456"]).to_dict()))
    assert own[3] == "#123456"


def test_the_unassigned_are_hollow_and_drawn_first() -> None:
    xy, labels = blobs(300, 12)
    chart = scatter(map_points(xy, labels, everything(300)), focus=[2]).to_dict()
    layer = dots(chart)
    hollow = layer["encoding"]["fill"]["condition"]
    assert (hollow["test"], hollow["value"]) == ("datum.group === -1", "transparent")
    drawn = [row["group"] for row in rows_of(chart, layer)]
    unassigned = int((labels == -1).sum())
    assert drawn[:unassigned] == [-1] * unassigned
    assert drawn[-int((labels == 2).sum()) :] == [2] * int((labels == 2).sum())
    assert len(drawn) == 300


def test_labels_stand_on_texts_of_their_group() -> None:
    xy, labels = blobs(400, 6)
    made = medoid_labels(xy, labels, {0: "  many\n words " + "x" * 60})
    assert set(made["group"]) == set(range(6))
    assert made["size"].tolist() == sorted(made["size"], reverse=True)
    for line in made.itertuples():
        members = xy[labels == line.group]
        assert np.abs(members - [line.x, line.y]).sum(axis=1).min() < 0.01
    named = dict(zip(made["group"], made["label"], strict=True))
    assert named[0].startswith("many words xxx")
    assert len(named[0]) <= 28
    assert named[1] == "Group 1"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.text("abc", min_size=1, max_size=20)),
        max_size=25,
    )
)
def test_thinned_labels_never_touch_and_none_is_left_out_needlessly(
    drawn: list[tuple[float, float, str]],
) -> None:
    # Places are told to a thousandth, and labels that just touch may go either way.
    def collide(a: Any, b: Any, slack: float) -> bool:
        across = abs(a.x - b.x) * 400 < (len(a.label) + len(b.label)) * 3.6 + slack
        return bool(across and abs(a.y - b.y) * 300 < 18 + slack)

    def inside(x: float, label: str) -> float:
        half = len(label) * 3.6 / 400
        return max(min(x, 1 - half), half)

    inward = [(inside(x, label), y, label) for x, y, label in drawn]
    labels = pd.DataFrame(inward, columns=["x", "y", "label"]).assign(group=range(len(drawn)))
    kept = thin(labels, (0, 1), (0, 1), 400, 300)
    shown = list(kept.itertuples())
    assert not any(collide(a, b, -0.5) for a, b in itertools.combinations(shown, 2))
    for line in labels.itertuples():
        if line.group not in set(kept["group"]):
            assert any(collide(line, other, 0.5) for other in shown if other.group < line.group)


def test_focused_labels_win_the_room() -> None:
    xy = np.zeros((5, 2), dtype=np.float32)
    labels = np.array([0, 0, 0, 1, 1], dtype=np.int32)
    points, names = map_points(xy, labels, everything(5)), medoid_labels(xy, labels, {})
    for focus, winner in (((), "Group 0"), ((1,), "Group 1")):
        chart = scatter(points, focus=focus, labels=names).to_dict()
        text = next(layer for layer in chart["layer"] if layer["mark"]["type"] == "text")
        assert [row["label"] for row in rows_of(chart, text)] == [winner]


def test_the_common_values_are_named_and_the_rest_are_other() -> None:
    values = [f"v{i:02}" for i in range(12) for _ in range(20 - i)] + ["", ""]
    code, names = categories(values)
    assert names == (*(f"v{i:02}" for i in range(10)), "other")
    assert Counter(code.tolist())[10] == 10 + 9 + 2
    few, few_names = categories(["b", "a", "", "b"])
    assert (few.tolist(), few_names) == ([0, 2, 1, 0], ("b", "(empty)", "a"))
    long = ["x" * 90 + "1", "x" * 90 + "2", "(empty)", "", "other"]
    assert len(set(categories(long)[1])) == 5
    grey = scatter(
        map_points(
            np.zeros((len(values), 2), dtype=np.float32),
            code,
            everything(len(values)),
            category=code,
        ),
        color="category",
        category_names=names,
    ).to_dict()
    scale = dots(grey)["encoding"]["fill"]["scale"]
    assert scale["range"][:10] == list(LIGHT_PALETTE)
    assert scale["range"][10] not in LIGHT_PALETTE


def test_density_counts_every_text_once() -> None:
    xy, labels = blobs(30_000, 9)
    cells = density(xy)
    assert cells["count"].sum() == 30_000
    assert (cells["x"] < cells["x2"]).all()
    rows = sample(labels, limit=4_000)
    chart = scatter(map_points(xy, labels, rows), behind=cells).to_dict()
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["rect", "circle"]


def test_before_and_after_share_colours_window_and_selections() -> None:
    xy, old = blobs(600, 14)
    new = np.where(old == 3, 20, old).astype(np.int32)
    sides = [map_points(xy, groups, everything(600)) for groups in (old, new)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chart = side_by_side(
            [Side("Before", sides[0], medoid_labels(xy, old, {})), Side("After", sides[1])]
        ).to_dict()
    before, after = (dots(side) for side in chart["hconcat"])
    assert group_colors(before) == group_colors(after)
    assert 20 in group_colors(before)
    assert before["encoding"]["x"]["scale"] == after["encoding"]["x"]["scale"]
    for param in chart["params"]:
        assert param["views"] == [before["name"], after["name"]]
    assert {param["name"] for param in chart["params"]} == {"zoom", "pick"}


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_texts_can_be_drawn(n: int) -> None:
    xy, labels = np.ones((n, 2), dtype=np.float32), np.zeros(n, dtype=np.int32)
    points = map_points(xy, labels, sample(labels))
    chart = scatter(points, labels=medoid_labels(xy, labels, {0: "all"})).to_dict()
    low, high = dots(chart)["encoding"]["x"]["scale"]["domain"]
    assert low < high
    side_by_side([Side("One", points)] * 3).to_dict()


def test_every_chart_has_no_ground_of_its_own_and_maps_no_axes() -> None:
    xy, labels = blobs(40, 2)
    points = map_points(xy, labels, everything(40))
    health = Health(3, 0, 3, 0, 0, 0, 200, (0.0, 5.0, 10.0), (1, 2), 6.0, "utf-8", ())
    made: list[alt.TopLevelMixin] = [
        scatter(points),
        side_by_side([Side("One", points), Side("Two", points)]),
        loss_curve([0.9, 0.5]),
        length_histogram(health),
    ]
    for chart in made:
        assert chart.to_dict()["config"]["background"] == "transparent"
    for channel in ("x", "y"):
        assert dots(scatter(points).to_dict())["encoding"][channel]["axis"] is None


def test_the_small_charts_hold_their_numbers() -> None:
    curve = loss_curve([0.9, 0.5, 0.4]).to_dict()
    (rows,) = curve["datasets"].values()
    assert [(row["step"], row["loss"]) for row in rows] == [(1, 0.9), (2, 0.5), (3, 0.4)]
    loss_curve([]).to_dict()
    health = Health(3, 0, 3, 0, 0, 0, 200, (0.0, 5.0, 10.0), (1, 2), 6.0, "utf-8", ())
    (bars,) = length_histogram(health).to_dict()["datasets"].values()
    assert [(bar["from"], bar["to"], bar["texts"]) for bar in bars] == [(0, 5, 1), (5, 10, 2)]


def linear(color: str) -> np.ndarray:
    channel = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Linear sRGB (3,) to OKLab (Ottosson 2020)."""
    cones = [[0.41222, 0.53633, 0.05145], [0.2119, 0.6807, 0.1074], [0.0883, 0.28172, 0.62998]]
    mix = [[0.21045, 0.79362, -0.00407], [1.978, -2.42859, 0.45059], [0.0259, 0.78277, -0.80868]]
    return np.array(mix) @ np.cbrt(np.clip(np.array(cones) @ rgb, 0, None))


# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
VISIONS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.052]],
    "deutan": [[0.3673, 0.8606, -0.228], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE])
def test_the_palettes_hold_for_every_kind_of_colour_vision(
    palette: tuple[str, ...], vision: str
) -> None:
    matrix = np.array(VISIONS[vision])
    seen = [oklab(np.clip(matrix @ linear(color), 0, 1)) for color in palette]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.085
