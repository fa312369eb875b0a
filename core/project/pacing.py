"""How fast this machine is with the texts of a project, measured while it works.

Each map times its embedding and its drawing, each training its steps; what was measured
last is kept by machine, so that the next time is foretold from it.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

import numpy as np

from core.adapters.hardware import cores, has_gpu
from core.domain.ids import content_id
from core.domain.ports import Encoder
from core.domain.spaces import Floats, Space
from core.domain.training import Pace
from core.project.workspace import Workspace

START_SECONDS = 8.0
"""What drawing a map takes before it looks at the first text: programs are loaded."""

# Two cores with short texts: only until this machine has embedded a text of the project.
_UNMEASURED = Pace(embed=1 / 150, learn=0.02, draw=1 / 210)

# Learning from a text, forwards and backwards, beside embedding it: only until this machine
# has trained on the project.
_LEARNING = 3.0

# No project has this id: the pace of many texts, whosever they are.
_ANY = ""

# Fewer texts say more about the start than about the pace; of other projects' texts it
# takes more to tell what many will need.
_FEWEST, _TELLING = 50, 1_000


class Stopwatch:
    """An encoder that times how long it reads; otherwise the encoder itself."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.texts, self.seconds = 0, 0.0

    @property
    def space(self) -> Space:
        return self._encoder.space

    @property
    def max_words(self) -> int:
        return self._encoder.max_words

    def encode(
        self, bodies: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Floats:
        """Return what the encoder gives."""
        started = time.monotonic()
        found = self._encoder.encode(bodies, on_batch)
        self.seconds += time.monotonic() - started
        self.texts += len(bodies)
        return found

    def remember(self, workspace: Workspace, project_id: str) -> None:
        """Keep the pace; a first one also says about how long learning takes."""
        if self.texts < _FEWEST:
            return
        embed = self.seconds / self.texts
        known = _known(workspace, project_id)
        learn = embed * _LEARNING if known is None else known.learn
        pace = replace(known or _UNMEASURED, embed=embed, learn=learn)
        _keep(workspace, project_id, pace)
        if self.texts >= _TELLING:
            everywhere = pace_of(workspace, _ANY)
            _keep(workspace, _ANY, replace(everywhere, embed=embed))


def remember_drawing(workspace: Workspace, project_id: str, texts: int, seconds: float) -> None:
    """Keep how long `texts` took to be laid out and clustered."""
    if texts >= _FEWEST:
        draw = max(0.0, seconds - START_SECONDS) / texts
        for whose in (project_id, _ANY) if texts >= _TELLING else (project_id,):
            _keep(workspace, whose, replace(pace_of(workspace, whose), draw=draw))


def remember_learning(workspace: Workspace, project_id: str, seconds: float) -> None:
    """Keep the seconds that one text took, once, with the whole encoder."""
    _keep(workspace, project_id, replace(pace_of(workspace, project_id), learn=seconds))


def remember_sharpening(workspace: Workspace, project_id: str, seconds: float) -> None:
    """Keep the seconds that a text took in all the rounds of a sharpening."""
    _keep(workspace, project_id, replace(pace_of(workspace, project_id), sharpen=seconds))


def pace_of(workspace: Workspace, project_id: str) -> Pace:
    """Return the pace measured last on this machine, a usual one where none was."""
    return _known(workspace, project_id) or _UNMEASURED


def pace_here(workspace: Workspace, project_id: str) -> Pace:
    """Return the pace of a project's texts, or else that of the last many texts."""
    return _known(workspace, project_id) or pace_of(workspace, _ANY)


def _known(workspace: Workspace, project_id: str) -> Pace | None:
    kept = workspace.files.cached(_name(workspace, project_id))
    return None if kept is None else Pace(**{name: float(kept[name]) for name in kept})


def _keep(workspace: Workspace, project_id: str, pace: Pace) -> None:
    arrays = {name: np.array(value) for name, value in asdict(pace).items()}
    workspace.files.cache(_name(workspace, project_id), arrays)


def _name(workspace: Workspace, project_id: str) -> str:
    threads = cores(workspace.settings.worker_threads)
    return content_id("pace by text", project_id, platform.node(), str(threads), str(has_gpu()))
