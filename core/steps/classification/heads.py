"""Linear last layers over vectors."""

from __future__ import annotations

import numpy as np

from core.domain.classification import Head
from core.domain.clusterings import Centroids
from core.domain.spaces import Floats, Ints

# Chosen by cross-validation inside Bank77's training file, of 0.3 to 30: unit vectors
# in hundreds of dimensions lie close together and want little shrinking.
STRENGTH = 10.0
SHARPNESS = 16.0
"""Length of a centroid's weights: cosines then differ enough for probabilities."""


def logistic_head(vectors: Floats, labels: Ints, k: int) -> Head:
    """Return multinomial logistic regression with a ridge penalty (scikit-learn, lbfgs).

    `vectors` float32 (n, d), unit rows; `labels` int32 (n,) in 0 … k−1, each of them
    at least once. Texts weigh the same, so probabilities follow the topics' sizes. One
    topic needs no boundary: its weights are 0.
    """
    if k == 1:
        return Head(np.zeros((1, vectors.shape[1]), np.float32), np.zeros(1, np.float32))
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(vectors, labels)
    weights, bias = model.coef_, model.intercept_
    if k == 2:
        # scikit-learn gives two classes one boundary: the second's, the first at 0.
        weights, bias = np.vstack([0 * weights, weights]), np.append(0.0, bias)
    return Head(weights.astype(np.float32), bias.astype(np.float32))


def centroid_head(vectors: Floats, labels: Ints) -> Head:
    """Return a head whose weights point to the topics' centroids: where a fine-tune of
    the encoder starts from (linear probing before fine-tuning: Kumar et al., ICLR 2022,
    arXiv 2202.10054), without the confidence that regression has on its own texts."""
    centroids = Centroids.of(vectors, labels).vectors
    return Head(SHARPNESS * centroids, np.zeros(len(centroids), np.float32))
