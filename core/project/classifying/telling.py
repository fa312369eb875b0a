"""What classifiers, their figures and a batch's drift say in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.classification import ClassifierKind, Drift, Quality
from core.domain.taxonomy import Taxonomy
from core.project.classifying.results import Classified
from core.steps.taxonomy import path

NAMES: Mapping[ClassifierKind, str] = {
    "logistic": "Logistic regression",
    "nearest": "Nearest group",
    "encoder": "Fine-tuned encoder",
}
ABOUT: Mapping[ClassifierKind, str] = {
    "logistic": "Draws boundaries between the topics. Trained in seconds.",
    "nearest": "Compares with the nearest texts of each topic. Good with few texts.",
    "encoder": "The embedder itself learns to tell your topics apart. Takes minutes to hours.",
}
_SHOWN = 5


def tell_quality(quality: Quality | None, learned: int) -> str:
    """Return how good a classifier is, in a sentence or two."""
    if quality is None:
        return (
            "There are too few texts to hold some out, so nothing says how good it is. "
            "A topic needs four or more to spare one."
        )
    score = quality.accuracy
    return (
        f"Of {score.total:,} texts that were kept from it, it put {score.correct:,} into their "
        f"topic: {score.share:.1%} (95% interval {score.low:.1%} to {score.high:.1%}). "
        f"For this it learned from {learned:,} texts. Its probabilities are off by "
        f"{quality.error:.1%} on average."
    )


def tell_batch(found: Classified) -> tuple[str, ...]:
    """Return what became of a batch, in sentences."""
    total = len(found.frame)
    new = total - found.known
    said = [f"{counted(total)}."]
    if found.known:
        are = "is" if found.known == 1 else "are"
        said.append(f"{found.known:,} {are} in the project already, so the map's word counts.")
    if new and found.tells:
        said.append(f"Of {new:,} that are new {found.unfit:,} fit no topic.")
    elif new:
        said.append(
            "The project has too few texts to say of a new one that it does not fit, so each "
            "got the topic that comes nearest."
        )
    return tuple(said)


def counted(texts: int) -> str:
    """Return a number of distinct texts in words."""
    return f"{texts:,} distinct text{'' if texts == 1 else 's'}"


def tell_drift(drift: Drift, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return how a batch differs from the project's texts, in sentences."""
    unfit, fitting = drift.unfit, drift.unfit.total - drift.unfit.correct
    share = f"{unfit.share:.0%} of the new texts ({unfit.correct:,} of {unfit.total:,})"
    if drift.stranger:
        said = [
            f"{share} do not fit, where {drift.expected:.0%} would be usual. The batch holds "
            "something that the taxonomy does not know yet. Read these texts first."
        ]
    else:
        said = [f"{share} do not fit. That is no more than usual ({drift.expected:.0%})."]
    if not fitting:
        said.append("No new text fits, so there are no shares of topics to compare.")
    elif drift.shifted:
        said.append(
            "The topics come in other shares than in the project, by more than chance: the "
            f"distance is {drift.distance:.2f}, and chance stays below {drift.by_chance:.2f}."
        )
    else:
        said.append("The topics come in about the same shares as in the project.")
    for one in drift.moved[:_SHOWN]:
        said.append(
            f"'{names.get(one.topic, one.topic)}' has "
            f"{'risen' if one.share > one.known else 'fallen'} from {one.known:.1%} of the "
            f"texts to {one.share:.1%} (95% interval {one.low:.1%} to {one.high:.1%})."
        )
    if len(drift.moved) > _SHOWN:
        said.append(f"{len(drift.moved) - _SHOWN:,} more topics changed beyond chance.")
    return tuple(said)


def topic_names(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the path of each topic, by id."""
    return {
        topic.id: " > ".join(one.label for one in path(taxonomy, topic.id))
        for topic in taxonomy.topics
    }
