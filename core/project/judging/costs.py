"""What the LLM has cost, and what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from core.domain.durations import duration
from core.domain.judging import NANO, Budget, JudgeSettings, ModelUsage
from core.domain.llm import ModelChoice, Prompt, Usage
from core.project.judging.asking import Wording, wording
from core.project.judging.plan import budget_of, settings_of
from core.project.workspace import Workspace

_SAMPLED = 20  # questions whose prompts are measured
_ENOUGH = 50  # calls after which a model's own mean is better than a rule of thumb
_CHARS = 4  # of English a token
_REPLY_TOKENS = 60  # of a choice, a confidence and one short sentence
_SECONDS = 1.5  # of a call, before there is anything to go by


@dataclass(frozen=True, slots=True)
class Meter:
    """The sidebar's line, and whether texts may leave this computer."""

    told: str
    leaves: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a batch is expected to take: calls, US dollars, seconds; `left` is what the
    cap still allows, in US dollars."""

    questions: int
    calls: int
    dollars: float
    seconds: float
    left: float

    @property
    def fits(self) -> bool:
        """Whether the cap is expected to hold it."""
        return self.dollars <= self.left

    @property
    def told(self) -> str:
        """Return the estimate in words."""
        calls = "1 call" if self.calls == 1 else f"{self.calls:,} calls"
        told = f"About {money(self.dollars)} and {duration(self.seconds)} for {calls}."
        if self.fits:
            return told
        return f"{told} The cap leaves {money(self.left)}: the batch stops there and keeps all."


def money(dollars: float) -> str:
    """Return US dollars in words; small sums are not rounded to nothing."""
    return "less than $0.01" if 0 < dollars < 0.01 else f"${dollars:,.2f}"


def meter(workspace: Workspace, project_id: str) -> Meter:
    """Return what the sidebar says about the LLM."""
    settings, budget = settings_of(workspace, project_id), budget_of(workspace, project_id)
    leaves = settings.ready and settings.choice.leaves
    if not settings.ready:
        return Meter("No LLM: nothing leaves this computer.", leaves=False)
    if leaves and budget.nothing_leaves:
        return Meter("LLM switched off: nothing leaves this computer.", leaves=False)
    used = workspace.store.spending.usage(project_id)
    calls, cached = sum(one.calls for one in used), sum(one.cached for one in used)
    told = (
        f"${budget.spent / NANO:.2f} of ${budget.cap / NANO:.2f}"
        f" · {calls:,} {'call' if calls == 1 else 'calls'} · {cached:,} from cache"
    )
    return Meter(told if leaves else f"{told} · nothing leaves this computer", leaves)


def usage(workspace: Workspace, project_id: str) -> tuple[ModelUsage, ...]:
    """Return tokens and cost by model, as the providers reported them."""
    return workspace.store.spending.usage(project_id)


def estimate(workspace: Workspace, project_id: str, count: int) -> Estimate:
    """Return what handing over `count` questions is expected to take.

    By the mean of the model's calls so far, or by the length of the prompts of the
    questions that wait. Raises InputError where no LLM is set up.
    """
    settings, budget = settings_of(workspace, project_id), budget_of(workspace, project_id)
    made = _made(workspace, project_id, settings.choice)
    words = wording(workspace, project_id, settings)
    each, typical = _prompts(workspace, project_id, words)
    if made.calls >= _ENOUGH:
        typical = Usage(made.prompt_tokens // made.calls, made.completion_tokens // made.calls)
    calls = round(each * count)
    each_seconds = workspace.store.spending.mean_seconds(project_id, made.model) or _SECONDS
    return reckoned(settings, budget, count, calls, typical, each_seconds)


def reckoned(
    settings: JudgeSettings, budget: Budget, questions: int, calls: int, each: Usage, seconds: float
) -> Estimate:
    """Return what `calls` come to that take `each` tokens and `seconds` apiece."""
    return Estimate(
        questions=questions,
        calls=calls,
        dollars=calls * settings.price.of(each),
        seconds=lasts(settings, calls, seconds),
        left=max(0, budget.cap - budget.spent - budget.reserved) / NANO,
    )


def lasts(settings: JudgeSettings, calls: int, each: float) -> float:
    """Return the seconds that `calls` last which take `each` seconds apiece."""
    # A model inside Clade answers one call after the other.
    local = settings.provider in ("bundled", "transformers")
    seconds = calls * each / (1 if local else settings.concurrency)
    if settings.per_minute:
        seconds = max(seconds, 60.0 * calls / settings.per_minute)
    return seconds


def _made(workspace: Workspace, project_id: str, choice: ModelChoice) -> ModelUsage:
    """Return what a model was used for so far."""
    last = Path(choice.model).name if choice.provider == "transformers" else choice.model
    for one in workspace.store.spending.usage(project_id):
        # There is one bundled model, and its name is its own.
        bundled = choice.provider == "bundled" and one.model.startswith("bundled/")
        if bundled or one.model == f"{choice.provider}/{last}":
            return one
    return ModelUsage("")


def _prompts(workspace: Workspace, project_id: str, words: Wording) -> tuple[float, Usage]:
    """Return calls a question, and the likely tokens of a call."""
    waiting = workspace.store.batches.unjudged(project_id, -1, _SAMPLED)
    prompts = [
        words.prompts(asked.question)
        for _, asked in waiting
        if words.bodies.keys() >= set(asked.question.texts)
    ]
    if not prompts:
        # Nothing is proposed yet: two orders of a few texts of the project's own length.
        body = mean(map(len, words.bodies.values())) if words.bodies else 0.0
        return 2.0 * words.draws, Usage(round((1_500 + 6 * body) / _CHARS), _REPLY_TOKENS)
    sent = [tokens(prompt) for some in prompts for prompt in some]
    each = words.draws * len(sent) / len(prompts)
    return each, Usage(round(mean(sent)), _REPLY_TOKENS)


def tokens(prompt: Prompt) -> int:
    """Return about how many tokens a prompt is of."""
    return (len(prompt.system) + len(prompt.user)) // _CHARS
