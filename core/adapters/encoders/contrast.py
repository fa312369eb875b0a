"""Contrastive losses for sentence-transformers' trainer. `labels` are rows of the
examples, by which each finds its weight and what the frozen base says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.domain.spaces import Floats
from core.domain.training import TaughtGroups

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SAME_CENTRE = 0.95
"""Cosine of two centres in the frozen base from which they may be one group twice."""

# CoSENT's scale of cosines, and the cosine below which different texts are left alone.
_SCALE = 20.0
_FAR_ENOUGH = 0.5


def guided_contrast(
    model: SentenceTransformer,
    guide: Sequence[Floats],
    weights: Sequence[float],
    temperature: float,
) -> Any:
    """Return InfoNCE over (anchor, positive, negative) with false negatives masked.

    `guide` holds the vectors of the frozen base, float32 (m, d), of the anchors, the
    positives and the negatives; `weights` (m,). Every positive and negative of the
    batch is a candidate for every anchor, but leaves the softmax where the guide finds
    it at least as close to the anchor as the anchor's own positive. sentence-transformers'
    GISTEmbedLoss does the same with a second forward pass, and masks the anchor's own
    negative too where the guide errs: exactly the answers in which a person corrects
    the model. Here the own negative stays.
    """
    import torch
    from torch import Tensor, nn

    class GuidedContrast(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self._guide = [torch.as_tensor(vectors) for vectors in guide]
            self._weights = torch.tensor(list(weights), dtype=torch.float32)

        def forward(self, columns: Any, labels: Tensor) -> Tensor:
            anchors, *others = _vectors(self.model, columns)
            scores = anchors @ torch.cat(others).T
            near, *far = (vectors[labels.cpu()] for vectors in self._guide)
            guided = (near @ torch.cat(far).T).to(scores.device)
            rows = torch.arange(len(scores), device=scores.device)
            masked = guided >= guided[rows, rows].unsqueeze(1)
            masked[rows, rows] = False
            masked[rows, rows + len(rows)] = False
            scores = scores.masked_fill(masked, -torch.inf) / temperature
            losses = nn.functional.cross_entropy(scores, rows, reduction="none")
            return _mean(losses, self._weights, labels)

    return GuidedContrast()


def chosen_contrast(model: SentenceTransformer, temperature: float) -> Any:
    """Return ClusterLLM's loss (arXiv 2305.14871, section 3.1, after Su et al. 2022).

    The text that was chosen against all texts of the batch that were rejected
    (other anchors' positives are no candidates: they may be of the same
    category), plus the symmetric term: the anchor against all anchors of the
    batch, seen from the chosen text. All answers weigh alike, as in the paper.
    """
    import torch
    from torch import Tensor, nn

    class ChosenContrast(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, columns: Any, labels: Tensor | None = None) -> Tensor:
            anchors, chosen, rejected = _vectors(self.model, columns)
            own = (anchors * chosen).sum(dim=1, keepdim=True)
            scores = torch.cat([own, anchors @ rejected.T], dim=1) / temperature
            first = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
            back = chosen @ anchors.T / temperature
            rows = torch.arange(len(back), device=back.device)
            return nn.functional.cross_entropy(scores, first) + nn.functional.cross_entropy(
                back, rows
            )

    return ChosenContrast()


def linked_contrast(
    model: SentenceTransformer, same: Sequence[bool], weights: Sequence[float]
) -> Any:
    """Return a loss over pairs (left, right): every 'same' is to be closer than every
    'different', weighted.

    CoSENT (Su 2022) as in sentence-transformers, with each comparison times the weights
    of its two pairs. Where a batch holds answers of one kind only there is nothing to
    rank: same texts are drawn together, different ones apart until far enough (Hadsell,
    Chopra, LeCun 2006).
    """
    import torch
    from torch import Tensor, nn

    class LinkedContrast(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self._same = torch.tensor(list(same))
            self._weights = torch.tensor(list(weights), dtype=torch.float32)

        def forward(self, columns: Any, labels: Tensor) -> Tensor:
            left, right = _vectors(self.model, columns)
            cosines = (left * right).sum(dim=1)
            same = self._same[labels.cpu()].to(cosines.device)
            weights = self._weights[labels.cpu()].to(cosines.device)
            if bool(same.all()) or not bool(same.any()):
                apart = (cosines - _FAR_ENOUGH).clamp(min=0.0)
                return _mean(torch.where(same, 1 - cosines, apart).square(), weights)
            differences = _SCALE * (cosines[~same][None, :] - cosines[same][:, None])
            logs = weights.log()
            differences = differences + logs[same][:, None] + logs[~same][None, :]
            none = torch.zeros(1, device=cosines.device)
            return torch.logsumexp(torch.cat([none, differences.flatten()]), dim=0)

    return LinkedContrast()


def group_contrast(
    model: SentenceTransformer, taught: TaughtGroups, temperature: float, *, same: float
) -> Any:
    """Return InfoNCE of each text's group against all other groups, weighted.

    Groups stand for themselves by vectors that learn along ("prototypes"; proxies in
    Movshovitz-Attias et al. 2017), so the groups nearest to a text are its hard
    negatives. A group leaves the softmax where the frozen base finds its centre closer
    than `same` to that of the text's own: it may be the same group twice.
    """
    import torch
    from torch import Tensor, nn

    class GroupContrast(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            centres = torch.as_tensor(taught.centres)
            self.prototypes = nn.Parameter(centres.clone().to(model.device))
            twice = centres @ centres.T > same
            twice.fill_diagonal_(False)
            self._twice = twice
            self._groups = torch.as_tensor(taught.groups).long()
            self._weights = torch.as_tensor(taught.weights)

        def forward(self, columns: Any, labels: Tensor) -> Tensor:
            (vectors,) = _vectors(self.model, columns)
            groups = self._groups[labels.cpu()]
            scores = vectors @ nn.functional.normalize(self.prototypes, dim=1).T / temperature
            scores = scores.masked_fill(self._twice[groups].to(scores.device), -torch.inf)
            losses = nn.functional.cross_entropy(scores, groups.to(scores.device), reduction="none")
            return _mean(losses, self._weights, labels)

    return GroupContrast()


def _vectors(model: Any, columns: Any) -> list[Any]:
    """Unit vectors, float32 (b, d), of each column of a batch."""
    from torch.nn.functional import normalize

    return [normalize(model(column)["sentence_embedding"].float(), dim=1) for column in columns]


def _mean(losses: Any, weights: Any, labels: Any = None) -> Any:
    """The weighted mean, `weights` by row where `labels` names rows."""
    if labels is not None:
        weights = weights[labels.cpu()].to(losses.device)
    return (losses * weights).sum() / weights.sum().clamp(min=1e-6)
