"""How to train: what each way is for, and about how long it takes here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from core.adapters.hardware import cores, has_gpu
from core.domain.errors import InputError
from core.domain.training import Pace, Speed
from core.project.arrays import load_clustering
from core.project.mapping import current
from core.project.pacing import START_SECONDS, pace_of
from core.project.retraining.material import Material, demand_model
from core.project.workspace import Workspace
from core.steps.training import MOST_TEXTS

LAST_LAYERS = 2
"""How many layers learn where the last ones do."""

# What a step of the last layers takes beside one of the whole encoder: all of the way
# forwards, a part of the way back.
_LAST_SHARE = 0.55

# Seconds until the libraries for training are there, and for an adapter the covariance.
_LOADING, _ADAPTER = 6.0, 4.0

# Constraints to learn from, from which the last layers and the whole encoder gain more
# than they forget.
_ENOUGH, _MANY = 150, 600

# Texts put into groups, below which an adapter has no scatter to go by.
_FEWEST_PLACED = 8


_SHARPEN = (
    "Sharpen without answers",
    "Draws the texts of each cluster of the map closer together. No answer teaches it: clusters "
    "that are right get clearer, and wrong ones do, too. On two public sets it helped a little.",
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to train: `speed` names it for a job, `seconds` is about how long training and
    drawing take together."""

    speed: Speed
    label: str
    about: str
    seconds: float


def ways(workspace: Workspace, project_id: str, found: Material) -> tuple[Way, ...]:
    """Return the ways that there is something to learn by, the recommended one first.

    The adapter goes by texts that belong together. It is recommended for few answers,
    from which an encoder would rather forget than learn; the whole encoder for many, or
    for a good number where a graphics card makes it quick.
    """
    told: dict[Speed, tuple[str, str]] = {
        "adapter": (
            "Quick adapter",
            "Stretches the space of the map along what tells your groups apart. The model "
            "itself stays as it is. Good for a first look and for few answers.",
        ),
        "last": (
            "Last layers",
            f"The last {LAST_LAYERS} layers of the model learn from the answers; what it knows "
            "of language stays.",
        ),
        "whole": (
            "Whole encoder",
            "All layers learn. It can change most, and wants the most answers.",
        ),
    }
    if found.must_links < _FEWEST_PLACED:
        del told["adapter"]
    told["sharpen"] = _SHARPEN
    pace = pace_of(workspace, project_id)
    usual = _usual(found)
    order = sorted(told, key=lambda speed: speed != usual)
    return tuple(
        Way(speed, *told[speed], sum(expected_seconds(speed, found.read, found.texts, pace)))
        for speed in order
    )


def way_without_answers(workspace: Workspace, project_id: str) -> Way:
    """Return the way to train that needs no answers. Raises ModelError where the map stands
    on no model that could learn."""
    here = current(workspace, project_id)
    demand_model(workspace, here)
    texts = len(load_clustering(workspace, here.map).text_ids)
    seconds = expected_seconds("sharpen", 0, texts, pace_of(workspace, project_id))
    return Way("sharpen", *_SHARPEN, sum(seconds))


def _usual(found: Material) -> Speed:
    if found.train >= (_ENOUGH if has_gpu() else _MANY):
        return "whole"
    few = found.train < _ENOUGH and found.must_links >= _FEWEST_PLACED
    return "adapter" if few else "last"


def expected_seconds(speed: Speed, read: int, texts: int, pace: Pace) -> tuple[float, float]:
    """Return about how long training and redrawing `texts` take at `pace`, in seconds, where
    a fine-tune reads `read` texts in all its epochs."""
    drawing = START_SECONDS + texts * pace.draw
    if speed == "adapter":
        return _ADAPTER, drawing
    if speed == "sharpen":
        return _LOADING + min(texts, MOST_TEXTS) * pace.sharpen, drawing
    return _LOADING + read * pace.learn * share_of(speed), drawing + texts * pace.embed


def share_of(speed: Speed) -> float:
    """Return what a step takes at a speed beside one of the whole encoder."""
    return _LAST_SHARE if speed == "last" else 1.0


def speed_of(name: str) -> Speed:
    """Return the speed of that name. Raises InputError where there is none."""
    for speed in get_args(Speed):
        if speed == name:
            return speed  # type: ignore[no-any-return]  # one of the literal's own values
    raise InputError(
        f"There is no way to train called “{name}”.", "Choose one on the Retrain page."
    )


def place(workspace: Workspace) -> str:
    """Say what a training runs on here."""
    if has_gpu():
        return "the graphics card"
    count = cores(workspace.settings.worker_threads)
    return "1 core" if count == 1 else f"{count} cores"
