"""The charts of the pages, from what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.adapters.assets import map_template
from core.domain.clusterings import Centroids
from core.domain.projects import Project
from core.domain.spaces import Embedding, Floats, Ints, Layout
from core.domain.taxonomy import Taxonomy
from core.domain.texts import Health, Text
from core.project.comparing import WAYS, Compared
from core.project.granularity import Levels, Preview
from core.project.reliability import Measured
from core.project.viewing import View
from core.steps import charts
from core.steps.export import standalone

if TYPE_CHECKING:
    import altair as alt

    from core.domain.clusterings import Clustering, Condensed

CONFIDENCE = "Confidence"
MOVED = "Moved by answers"
RETRAINED = "Moved by retrain"
ROUND = "Last round"

_LOOKED_AT = 2_000  # texts by which a column is judged to hold dates


def scatter(
    project: Project,
    shown: View,
    texts: Mapping[str, Text],
    *,
    color: str,
    focus: Sequence[int],
    keep: Sequence[str],
    dark: bool,
    moved: Sequence[str] = (),
    rounds: Mapping[str, int] | None = None,
    row_ids: Mapping[str, str] | None = None,
) -> alt.LayerChart:
    """Draw the map, coloured by group, by CONFIDENCE, by MOVED, RETRAINED or ROUND, or by a
    metadata column.

    `focus` names groups to colour, `keep` ids of texts that are drawn with a
    ring even where there are too many for all, `moved` those that the answers or the last
    retrain moved; `rounds` and `row_ids` are by text id, the latter for the tooltip.
    """
    ringed = _ringed(shown, keep)
    rows = charts.sample(shown.groups, keep=ringed, seed=project.seed)
    codes, names, palette = None, tuple[str, ...](), tuple[str, ...]()
    if color in (MOVED, RETRAINED):
        codes, names, palette = _by_moved(shown, moved, color, dark=dark)
        # What moved is drawn last, on top, whatever its group.
        rows = rows[np.argsort(-codes[rows], kind="stable")]
        focus = range(len(shown.topics))
    elif color == ROUND:
        codes, names = _by_round(shown, rounds or {})
    elif color in project.columns.metadata:
        codes, names = charts.categories([texts[i].meta.get(color, "") for i in shown.text_ids])
    confident = color == CONFIDENCE
    return charts.scatter(
        charts.map_points(
            shown.xy,
            shown.groups,
            rows,
            strength=shown.strength if confident else None,
            category=codes,
            ids=[row_ids[shown.text_ids[row]] for row in rows] if row_ids else (),
        ),
        color="category" if codes is not None else "strength" if confident else "group",
        focus=focus,
        palette=palette,
        dark=dark,
        labels=charts.medoid_labels(shown.xy, shown.groups, shown.names),
        category_names=names,
        ringed=ringed,
        behind=charts.density(shown.xy) if len(rows) < len(shown.text_ids) else None,
    )


def _ringed(shown: View, keep: Sequence[str]) -> list[int]:
    """Return the rows to ring: of very many every so-many-th, so that the map stays quick."""
    rows = shown.rows(keep)
    return rows[:: -(-len(rows) // charts.MOST_RINGS) or 1]


def every_point(shown: View, *, focus: Sequence[int], dark: bool) -> dict[str, Any]:
    """Draw all texts by group, as options of ECharts."""
    labels = charts.medoid_labels(shown.xy, shown.groups, shown.names)
    return charts.every_point(shown.xy, shown.groups, labels, focus=focus, dark=dark)


def likeness(
    embedding: Embedding,
    shown: View,
    texts: Mapping[str, Text],
    *,
    groups: Sequence[int],
    chosen: Sequence[str],
    dark: bool,
) -> tuple[alt.Chart, alt.LayerChart]:
    """Draw how alike texts are (`chosen`, two or more), else how alike groups are: a
    heatmap, and the tree that orders it."""
    if chosen:
        rows = shown.rows(chosen)
        vectors = embedding.vectors[rows]
        names = [texts[shown.text_ids[row]].body for row in rows]
    else:
        middles = Centroids.of(embedding.vectors, shown.groups)
        kept = [at for at, group in enumerate(middles.ids.tolist()) if group in set(groups)]
        vectors = middles.vectors[kept]
        names = [shown.names[int(middles.ids[at])] for at in kept]
    heat = charts.heatmap(vectors, names, dark=dark)
    return heat, charts.dendrogram(vectors, names, dark=dark)


def date_columns(project: Project, texts: Mapping[str, Text]) -> tuple[str, ...]:
    """Return the metadata columns that hold dates, judged by a part of the texts."""
    some = list(texts.values())[:_LOOKED_AT]
    columns = project.columns.metadata
    return tuple(
        name
        for name in columns
        if charts.dates([text.meta.get(name, "") for text in some]) is not None
    )


def over_time(
    shown: View, texts: Mapping[str, Text], column: str, *, focus: Sequence[int], dark: bool
) -> alt.Chart | None:
    """Draw the sizes of groups over a column of dates, None where it holds none after all."""
    moments = charts.dates([texts[i].meta.get(column, "") for i in shown.text_ids])
    if moments is None:
        return None
    return charts.sizes_over_time(moments, shown.groups, shown.names, focus=focus, dark=dark)


def as_file(project: Project, shown: View, texts: Mapping[str, Text]) -> bytes:
    """Return the map as one HTML file with all texts and a search."""
    labels = charts.medoid_labels(shown.xy, shown.groups, shown.names)
    bodies = [texts[i].body for i in shown.text_ids]
    colors = {"light": charts.LIGHT_PALETTE, "dark": charts.DARK_PALETTE}
    return standalone(map_template(), project.name, shown.xy, shown.groups, bodies, labels, colors)


def _by_moved(
    shown: View, moved: Sequence[str], what: str, *, dark: bool
) -> tuple[Ints, tuple[str, ...], tuple[str, ...]]:
    """Return a code for each text, the names of the codes, and one colour: the rest is grey."""
    codes = np.ones(len(shown.text_ids), dtype=np.int32)
    codes[shown.rows(moved)] = 0
    palette = charts.DARK_PALETTE if dark else charts.LIGHT_PALETTE
    return codes, (what.lower(), "not moved"), palette[:1]


def _by_round(shown: View, rounds: Mapping[str, int]) -> tuple[Ints, tuple[str, ...]]:
    """Return a code for each text and the names of the codes, the newest round first."""
    numbers = np.array([rounds.get(text, 0) for text in shown.text_ids], dtype=np.int32)
    newest = int(numbers.max(initial=0))
    names = [f"round {number}" for number in range(newest, 0, -1)]
    return newest - numbers, (*names, "round 0, the first map")


def level_map(
    project: Project, shown: View, level: Preview, *, keep: Sequence[str], dark: bool
) -> alt.LayerChart:
    """Draw the map at another level of granularity; `keep` as for `scatter`."""
    rows = charts.sample(level.groups, keep=_ringed(shown, keep), seed=project.seed)
    return charts.scatter(
        charts.map_points(shown.xy, level.groups, rows),
        dark=dark,
        labels=charts.medoid_labels(shown.xy, level.groups, level.names),
        behind=charts.density(shown.xy) if len(rows) < len(shown.text_ids) else None,
    )


def level_curves(found: Levels, chosen: int, *, dark: bool) -> list[alt.LayerChart]:
    """Draw what speaks for which number of groups: one chart or two, one above the other."""
    return charts.level_curves(found.granularity, chosen, dark=dark)


def selected(shown: View, selection: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the texts in a chart's selection (`pick` rows, `brush` ranges)."""
    rows = [int(point["i"]) for point in selection.get("pick") or []]
    brush = selection.get("brush") or {}
    if brush.get("x") and brush.get("y"):
        rows += charts.in_ranges(shown.xy, brush["x"], brush["y"]).tolist()
    return tuple(shown.text_ids[row] for row in dict.fromkeys(rows))


def before_after(
    old: tuple[Layout, Clustering],
    new: tuple[Layout, Clustering],
    names: Mapping[int, str],
    *,
    dark: bool,
) -> alt.HConcatChart:
    """Draw two aligned maps side by side; `names` are labels by cluster id."""
    sides = [
        _side(title, layout.xy, clustering.labels, names, 5_000)
        for title, (layout, clustering) in (("Before", old), ("After", new))
    ]
    return charts.side_by_side(sides, dark=dark)


def condensed(tree: Condensed, *, dark: bool) -> alt.Chart:
    """Draw the tree that HDBSCAN chose its clusters from."""
    return charts.condensed_tree(tree, dark=dark)


def compared(
    found: Compared, ways: Sequence[str], taxonomy: Taxonomy, *, dark: bool
) -> alt.HConcatChart:
    """Draw the maps of several ways side by side, 3 at most fit."""
    names = {c: topic.label for topic in taxonomy.topics for c in topic.clusters}
    size = 880 // max(2, len(ways))
    sides = [
        _side(WAYS[way], found.places[way], found.groups[way], names, 10_000 // len(ways))
        for way in ways
    ]
    return charts.side_by_side(sides, dark=dark, width=size, height=size)


def _side(
    title: str, xy: Floats, groups: Ints, names: Mapping[int, str], limit: int
) -> charts.Side:
    rows = charts.sample(groups, limit=limit)
    labels = charts.medoid_labels(xy, groups, names)
    # A group that nobody named yet has a colour, but no label.
    named = labels[labels["group"].isin(list(names))]
    return charts.Side(title, charts.map_points(xy, groups, rows), named)


def reliability(found: Measured, *, dark: bool) -> alt.LayerChart:
    """Draw whether a model's confidence means what it says."""
    return charts.reliability(found.curve, found.calibration, dark=dark)


def losses(series: Sequence[float]) -> alt.Chart:
    """Draw the training loss so far."""
    return charts.loss_curve(series)


def lengths(health: Health) -> alt.Chart:
    """Draw the histogram of text lengths."""
    return charts.length_histogram(health)
