"""Contrastive losses over (anchor, positive, negative), for sentence-transformers' trainer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def guided_contrast(
    model: SentenceTransformer, guide: SentenceTransformer, temperature: float
) -> Any:
    """Return InfoNCE over (anchor, positive, negative) with false negatives masked.

    Every positive and negative of the batch is a candidate for every anchor, but
    leaves the softmax where the guide finds it at least as close to the anchor as
    the anchor's own positive. sentence-transformers' GISTEmbedLoss does the same,
    and masks the anchor's own negative too where the guide errs: exactly the
    answers in which a person corrects the model. Here the own negative stays.
    """
    import torch
    from torch import Tensor, nn

    guide = guide.eval()

    class GuidedContrast(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, columns: Any, labels: Tensor | None = None) -> Tensor:
            columns = list(columns)
            with torch.no_grad():
                guided = self._cosines(guide, [dict(column) for column in columns])
            scores = self._cosines(self.model, columns)
            rows = torch.arange(len(scores), device=scores.device)
            masked = guided >= guided[rows, rows].unsqueeze(1)
            masked[rows, rows] = False
            masked[rows, rows + len(rows)] = False
            scores = scores.masked_fill(masked, -torch.inf) / temperature
            return nn.functional.cross_entropy(scores, rows)

        @staticmethod
        def _cosines(encoder: nn.Module, columns: list[dict[str, Tensor]]) -> Tensor:
            """Anchors against positives, then negatives: (b, 2b)."""
            anchors, *others = (
                nn.functional.normalize(encoder(column)["sentence_embedding"], dim=1)
                for column in columns
            )
            return anchors @ torch.cat(others).T

    return GuidedContrast()


def chosen_contrast(model: SentenceTransformer, temperature: float) -> Any:
    """Return ClusterLLM's loss (arXiv 2305.14871, section 3.1, after Su et al. 2022).

    The text that was chosen against all texts of the batch that were rejected
    (other anchors' positives are no candidates: they may be of the same
    category), plus the symmetric term: the anchor against all anchors of the
    batch, seen from the chosen text.
    """
    import torch
    from torch import Tensor, nn

    class ChosenContrast(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, columns: Any, labels: Tensor | None = None) -> Tensor:
            anchors, chosen, rejected = (
                nn.functional.normalize(self.model(column)["sentence_embedding"], dim=1)
                for column in columns
            )
            own = (anchors * chosen).sum(dim=1, keepdim=True)
            scores = torch.cat([own, anchors @ rejected.T], dim=1) / temperature
            first = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
            back = chosen @ anchors.T / temperature
            rows = torch.arange(len(back), device=back.device)
            return nn.functional.cross_entropy(scores, first) + nn.functional.cross_entropy(
                back, rows
            )

    return ChosenContrast()
