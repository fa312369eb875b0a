"""The tree, and the edits that shape it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

NamedBy = Literal["keywords", "llm", "human"]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a generated name was made for, and what came with it.

    `clusters` and `size` (in texts) of the topic then, those of topics below it
    included; `texts` are the ids of those that were read. `description` and `quotes`
    are as they were given, the quotes word for word out of `texts`; `model` is the
    language model's name, "" for keywords.
    """

    clusters: tuple[int, ...]
    size: int
    texts: tuple[str, ...] = ()
    description: str = ""
    quotes: tuple[str, ...] = ()
    model: str = ""


Branch: TypeAlias = "tuple[int | Branch, ...]"
"""What stands under a parent: cluster ids, and parents below it as branches of their own."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Parents over clusters: `parents[i]` is what stands under parent i.

    Every cluster id stands in it exactly once; a parent of one member is drawn as
    that member itself.
    """

    parents: tuple[Branch, ...]

    @property
    def clusters(self) -> tuple[int, ...]:
        """Return the cluster ids of the whole tree, ascending."""
        return tuple(sorted(clusters_of(self.parents)))


def clusters_of(branch: Branch) -> tuple[int, ...]:
    """Return the cluster ids under a parent, in its order."""
    return tuple(
        cluster
        for member in branch
        for cluster in ((member,) if isinstance(member, int) else clusters_of(member))
    )


@dataclass(frozen=True, slots=True)
class Topic:
    """A node of the tree. A leaf holds `clusters`; an inner node holds none.

    `keywords` are c-TF-IDF terms, best first; `named_by` says whose `label` it
    is (a human's is never overwritten by a generated one), and `basis` what a
    generated label or description was made for, None where there is none. `parent`
    is a topic id or None. An `archived` topic keeps what it holds but is set aside:
    its texts count as unassigned. A parent is archived just where all its children
    are.
    """

    id: str
    label: str
    parent: str | None = None
    clusters: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    description: str = ""
    named_by: NamedBy = "keywords"
    locked: bool = False
    reviewed: bool = False
    archived: bool = False
    basis: Basis | None = None

    @property
    def described_by_hand(self) -> bool:
        """Whether there is a description that a person wrote or changed."""
        made = self.basis.description if self.basis else ""
        return bool(self.description) and self.description != made


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One version of the tree.

    `moved` maps text ids to the topic id a person put them in, "" for
    unassigned by hand; it outranks the clustering. `map_id` is the map whose
    cluster ids the topics name.
    """

    version: int
    map_id: str
    topics: tuple[Topic, ...]
    moved: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which topic each text is in, and who put it there.

    `topics[i]` is the topic id of `text_ids[i]`, "" where unassigned;
    `by[i]` is "human" where a person moved the text, else "cluster".
    """

    text_ids: tuple[str, ...]
    topics: tuple[str, ...]
    by: tuple[Literal["cluster", "human"], ...]


@dataclass(frozen=True, slots=True)
class Rename:
    version: int
    topic: str
    label: str


@dataclass(frozen=True, slots=True)
class Describe:
    version: int
    topic: str
    description: str


@dataclass(frozen=True, slots=True)
class Move:
    """Put a topic under another parent; None makes it a root."""

    version: int
    topic: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Make a new parent over sibling-less or sibling topics."""

    version: int
    topics: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Make one leaf of several; the first keeps its id and label."""

    version: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Make topics of parts of a leaf, beside it; what is in no part stays.

    `parts` holds text ids, `labels` one name a part.
    """

    version: int
    topic: str
    parts: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reassign:
    """Put texts into a topic; "" unassigns them."""

    version: int
    texts: tuple[str, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class NewTopic:
    """Make a leaf of chosen texts."""

    version: int
    texts: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class SetLock:
    version: int
    topic: str
    locked: bool


@dataclass(frozen=True, slots=True)
class SetReviewed:
    version: int
    topic: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class SetArchived:
    """Set a topic and all under it aside, or bring them back."""

    version: int
    topic: str
    archived: bool


@dataclass(frozen=True, slots=True)
class NewName:
    """A generated name that a person took. `description` "" and `keywords` () leave
    what there is; `basis` is what it was made for."""

    topic: str
    label: str
    basis: Basis
    description: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeNames:
    """Give topics the generated names that a person chose among those offered."""

    version: int
    names: tuple[NewName, ...]
    by: Literal["keywords", "llm"]


@dataclass(frozen=True, slots=True)
class NewParent:
    """A parent of a tree that was grown or grouped anew: what it is called, and what
    stands under it, the ids of leaves and further parents. `size` counts the texts
    under it then; `model` named it, "" where its label is keywords."""

    label: str
    members: tuple[str | NewParent, ...]
    size: int
    keywords: tuple[str, ...] = ()
    description: str = ""
    model: str = ""

    @property
    def leaves(self) -> tuple[str, ...]:
        """Return the ids of all leaves under it."""
        return tuple(
            leaf
            for member in self.members
            for leaf in ((member,) if isinstance(member, str) else member.leaves)
        )


@dataclass(frozen=True, slots=True)
class Regrow:
    """Put leaves under new parents, and those of `alone` under none, all at once. Leaves
    that stand in neither stay where they are."""

    version: int
    parents: tuple[NewParent, ...]
    alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """Renames, moves and reassignments that happen at once: only what they come to
    has to make sense, so that two topics may trade names or places. All were made
    on the same version; `what` says where they come from ("the workbook 'a.xlsx'").
    """

    version: int
    edits: tuple[Rename | Move | Reassign, ...]
    what: str


Edit = (
    Rename
    | Describe
    | Move
    | Group
    | Merge
    | Split
    | Reassign
    | NewTopic
    | SetLock
    | SetReviewed
    | SetArchived
    | TakeNames
    | Regrow
    | Together
)
