"""Several answers of one model to one question, taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.domain.errors import TooFewError
from core.domain.judgments import Verdict
from core.domain.prompts import Answer


def both_orders(first: Answer, second: Answer) -> Answer:
    """Return the answer that a model gave to one question shown in both orders, `unsure`
    where the two differ.

    Verdicts name the question's own (ordered) sides, whatever was shown first: a
    model that always picks what it sees first says `left` once and `right` once. A
    flip is an abstention and no half of an answer: models choose by position where
    they cannot tell (Zheng et al., Judging LLM-as-a-judge, NeurIPS 2023, section 3.4,
    whose conservative rule this is). The confidence of an agreement is the mean of
    the two, or the one that was given; a flip has none.
    """
    if first.verdict is not second.verdict:
        return Answer(Verdict.UNSURE)
    given = [one.confidence for one in (first, second) if one.confidence is not None]
    confidence = sum(given) / len(given) if given else None
    return Answer(first.verdict, confidence, first.reason or second.reason)


def by_samples(samples: Sequence[Answer]) -> Answer:
    """Return the commonest of several draws, its share of all draws as the confidence.

    Self-consistency (Wang et al., ICLR 2023, section 2). A tie is `unsure`, with no
    confidence. Raises TooFewError where there is no draw.
    """
    if not samples:
        raise TooFewError("There is no answer to count.", "Ask the model at least once.")
    counts = Counter(sample.verdict for sample in samples).most_common()
    verdict, times = counts[0]
    if len(counts) > 1 and counts[1][1] == times:
        return Answer(Verdict.UNSURE)
    reason = next((one.reason for one in samples if one.verdict is verdict and one.reason), "")
    return Answer(verdict, times / len(samples), reason)
