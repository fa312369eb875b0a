"""Projection: repeatable, steady from map to map, and safe on odd input."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.spaces import Embedding, Layout
from core.steps.neighbours import find_neighbours
from core.steps.projection import align
from core.steps.projection import project as lay_out


def ids(n):
    return tuple(f"t{i:04d}" for i in range(n))


def unit(vectors):
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9)).astype(np.float32)


def embedding_of(vectors, text_ids=None):
    return Embedding("space", text_ids or ids(len(vectors)), unit(vectors))


def project(embedding, **options):
    return lay_out(embedding, find_neighbours(embedding, seed=options["seed"]), **options)


def blobs(groups, each, dims=24, noise=0.15, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(groups, dims))
    return np.repeat(centres, each, axis=0) + noise * rng.normal(size=(groups * each, dims))


def groups_apart(points, groups, each):
    """The smallest distance of group centres over the widest group's radius."""
    parts = points.reshape(groups, each, -1)
    centres = parts.mean(axis=1)
    gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    radii = np.linalg.norm(parts - centres[:, None], axis=2).mean(axis=1)
    return gaps[~np.eye(groups, dtype=bool)].min() / radii.max()


@pytest.fixture(scope="module")
def embedding():
    return embedding_of(blobs(6, 20))


@pytest.fixture(scope="module")
def layout(embedding):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return project(embedding, seed=3)


def test_groups_stay_apart_in_both_coordinates(embedding, layout):
    assert layout.reduced.shape == (120, 5)
    assert layout.reduced.dtype == layout.xy.dtype == np.float32
    assert (layout.space, layout.text_ids) == (embedding.space, embedding.text_ids)
    assert groups_apart(layout.reduced, 6, 20) > 2
    assert groups_apart(layout.xy, 6, 20) > 2


def test_the_drawing_is_centred_with_unit_spread(layout):
    assert layout.xy.mean(axis=0) == pytest.approx(0, abs=1e-4)
    assert np.sqrt((layout.xy**2).sum(axis=1).mean()) == pytest.approx(1, abs=1e-4)


def test_same_seed_same_layout_and_another_seed_another(embedding, layout):
    again, other = project(embedding, seed=3), project(embedding, seed=4)
    assert np.array_equal(again.xy, layout.xy)
    assert np.array_equal(again.reduced, layout.reduced)
    assert not np.array_equal(other.xy, layout.xy)


def test_a_map_drawn_from_an_earlier_one_keeps_its_places(layout):
    vectors = blobs(6, 20)
    moved = vectors + 0.05 * np.random.default_rng(9).normal(size=vectors.shape)
    newcomers = vectors[::20] + 0.01
    text_ids = ids(120) + tuple(f"u{i}" for i in range(6))
    later = embedding_of(np.r_[moved, newcomers], text_ids)
    drawn, fresh = project(later, seed=8, start=layout), align(project(later, seed=8), layout)

    def centres(layout):
        return layout.xy[:120].reshape(6, 20, 2).mean(axis=1)

    def drift(later):
        return np.linalg.norm(centres(later) - centres(layout), axis=1).mean()

    assert drift(drawn) < 0.5 < drift(fresh)
    assert np.linalg.norm(drawn.xy[120:] - centres(drawn), axis=1).max() < 0.35


def test_a_start_with_other_texts_changes_nothing(embedding, layout):
    stranger = Layout("old", ("x", "y"), np.zeros((2, 5), np.float32), np.eye(2, dtype=np.float32))
    assert np.array_equal(project(embedding, seed=3, start=stranger).xy, layout.xy)


def test_many_copies_of_few_vectors_and_separate_pieces_do_not_crash():
    copies = np.repeat(np.eye(20), 5, axis=0)
    layout = project(embedding_of(copies), seed=0)
    assert np.isfinite(layout.xy).all()
    assert np.isfinite(layout.reduced).all()
    assert len(np.unique(layout.xy, axis=0)) > 20


@pytest.mark.parametrize("n", [0, 1, 2, 3, 15, 16, 17])
def test_few_texts(n):
    vectors = np.random.default_rng(n).normal(size=(n, 8))
    layout = project(embedding_of(vectors), seed=0)
    assert layout.xy.shape == (n, 2)
    assert len(layout.reduced) == n
    assert layout.reduced.shape[1] <= 5
    assert np.isfinite(layout.xy).all()
    assert len(np.unique(layout.xy, axis=0)) == n


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_vectors_of_few_dimensions(dims):
    vectors = np.random.default_rng(0).uniform(0.1, 1.4, size=(40, dims))
    layout = project(embedding_of(vectors), seed=0)
    assert layout.reduced.shape[1] <= dims
    assert np.isfinite(layout.xy).all()


@pytest.mark.parametrize("noise", [0.0, 1e-7])
def test_identical_vectors_are_spread_so_that_each_can_be_seen(noise):
    vectors = np.ones((30, 8)) + noise * np.random.default_rng(0).normal(size=(30, 8))
    layout = project(embedding_of(vectors), seed=0)
    gaps = np.linalg.norm(layout.xy[:, None] - layout.xy[None], axis=2)[~np.eye(30, dtype=bool)]
    assert gaps.min() > 0.05
    assert np.abs(layout.reduced).max() < 1e-5


def test_few_texts_keep_their_geometry():
    layout = project(embedding_of(blobs(3, 4, noise=0.02)), seed=0)
    assert groups_apart(layout.xy, 3, 4) > 3


def test_few_texts_are_aligned_onto_an_earlier_map():
    embedding = embedding_of(blobs(3, 4))
    first = project(embedding, seed=0)
    turned = Layout("old", first.text_ids, first.reduced, first.xy[:, ::-1] * 2 + 7)
    assert np.allclose(project(embedding, seed=0, start=turned).xy, turned.xy, atol=1e-3)


def test_the_number_of_threads_changes_nothing(embedding, layout):
    import numba

    threads = numba.get_num_threads()
    for count in (threads, 1):
        numba.set_num_threads(count)
        assert np.array_equal(project(embedding, seed=3).xy, layout.xy)
        assert numba.get_num_threads() == count
    numba.set_num_threads(threads)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_damaged_vectors_are_refused_with_a_next_move(bad):
    vectors = unit(blobs(2, 10))
    vectors[3, 2] = bad
    with pytest.raises(InputError, match="Embed the texts again"):
        project(Embedding("space", ids(20), vectors), seed=0)


def test_stages_are_told_in_order_and_may_stop_the_work(embedding):
    told = []

    def stop_at_the_second(fraction, message):
        told.append((fraction, message))
        if len(told) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        project(embedding, seed=0, on_stage=stop_at_the_second)
    assert [fraction for fraction, _ in told] == sorted({fraction for fraction, _ in told})
    assert all(message for _, message in told)


@given(
    st.integers(3, 20),
    st.floats(-np.pi, np.pi),
    st.booleans(),
    st.floats(0.1, 10),
    st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    st.integers(0, 99),
)
def test_align_undoes_any_turn_mirror_scale_and_shift(n, angle, mirrored, scale, shift, seed):
    xy = np.random.default_rng(seed).normal(size=(n, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        turn = turn * [1, -1]
    none = np.zeros((n, 1), np.float32)
    onto = Layout("a", ids(n), none, xy.astype(np.float32))
    changed = Layout("b", ids(n), none, (xy @ turn * scale + shift).astype(np.float32))
    assert np.allclose(align(changed, onto).xy, xy, atol=2e-3)


def test_align_uses_the_texts_in_both_and_keeps_the_spread():
    rng = np.random.default_rng(1)
    xy = rng.normal(size=(10, 2)).astype(np.float32)
    none = np.zeros((10, 1), np.float32)
    onto = Layout("a", ids(10)[:6], none[:6], xy[:6] + 5)
    assert np.allclose(align(Layout("b", ids(10), none, xy), onto).xy, xy + 5, atol=1e-4)
    unrelated = Layout("b", ids(10), none, rng.normal(size=(10, 2)).astype(np.float32))
    onto = Layout("a", ids(10), none, xy)
    assert align(unrelated, onto).xy.std() == pytest.approx(xy.std(), rel=0.2)


def test_align_by_one_shared_place_only_shifts():
    none = np.zeros((2, 1), np.float32)
    xy = np.array([[0, 0], [1, 2]], np.float32)
    onto = Layout("a", ("t0000",), none[:1], np.array([[3, 4]], np.float32))
    assert align(Layout("b", ids(2), none, xy), onto).xy.tolist() == [[3, 4], [4, 6]]
