"""Which model writes, by what key its sentences are kept, and what writing takes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from core.domain.durations import duration
from core.domain.generated import KINDS, GenerationSpec
from core.domain.ids import content_id
from core.domain.llm import ModelChoice, Usage
from core.project.judging import settings_of
from core.project.judging.costs import lasts, money
from core.project.workspace import Workspace

BUNDLED = ModelChoice("bundled", "bundled")

_SECONDS_A_TEXT = 1.5  # of the bundled model on two cores: both sentences and their scores
_SECONDS_A_CALL = 1.5
_TYPICAL = Usage(350, 30)  # tokens of a call


@dataclass(frozen=True, slots=True)
class Expected:
    """What writing is expected to take: seconds, calls to a provider, US dollars."""

    seconds: float
    calls: int
    dollars: float

    @property
    def told(self) -> str:
        """Return it in words."""
        if not self.calls:
            return f"About {duration(self.seconds)} on two cores, in the background."
        return f"Up to {self.calls:,} calls, about {money(self.dollars)}, {duration(self.seconds)}."


def model_of(workspace: Workspace, project_id: str) -> ModelChoice:
    """Return which model writes: the one set up in Settings, the bundled one without."""
    settings = settings_of(workspace, project_id)
    return settings.choice if settings.ready else BUNDLED


def has_logits(choice: ModelChoice) -> bool:
    """Whether the model runs inside Clade, where its logits can be contrasted."""
    return choice.provider in ("bundled", "transformers")


def key_of(model: str, revision: str, spec: GenerationSpec, *wording: str) -> str:
    """Return a hash of everything that shapes a sentence and its score. How many texts are
    written for shapes none."""
    shaped = {name: value for name, value in asdict(spec).items() if name != "texts"}
    return content_id("generation", model, revision, json.dumps(shaped, sort_keys=True), *wording)


def expected(workspace: Workspace, project_id: str, spec: GenerationSpec) -> Expected:
    """Return what writing for `spec.texts` texts is expected to take, with nothing kept."""
    settings = settings_of(workspace, project_id)
    if has_logits(model_of(workspace, project_id)):
        return Expected(_SECONDS_A_TEXT * spec.texts, 0, 0.0)
    # Each sample is a call, and so is its score.
    calls = spec.texts * len(KINDS) * spec.draws * 2
    each = workspace.store.spending.mean_seconds(project_id) or _SECONDS_A_CALL
    return Expected(lasts(settings, calls, each), calls, calls * settings.price.of(_TYPICAL))
