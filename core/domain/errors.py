"""The exception tree. Every error says what is wrong and names the next move."""

from __future__ import annotations


class CladeError(Exception):
    """Something the person can act on.

    `problem` is one sentence about what is wrong; `next_move` is one sentence
    about what to do now. `str(error)` is the two together.
    """

    def __init__(self, problem: str, next_move: str) -> None:
        super().__init__(f"{problem} {next_move}")
        self.problem = problem
        self.next_move = next_move


class InputError(CladeError):
    """A file, a pasted text or an argument cannot be used as it is."""


class TooFewError(CladeError):
    """There is not enough of something (texts, clusters, answers) to go on."""


class NotFoundError(CladeError):
    """A project, job, question or file that was named does not exist."""


class StaleEditError(CladeError):
    """An edit was made on a version that is no longer the current one."""


class EditError(CladeError):
    """An edit of the taxonomy makes no sense (a parent under its own child, say)."""


class BusyError(CladeError):
    """Something that may run only once is running already."""


class ModelError(CladeError):
    """A model is damaged, missing or not what it should be."""


class StorageError(CladeError):
    """A stored file is damaged, or the disk refused to write."""


class Cancelled(Exception):  # noqa: N818 - not an error
    """A person cancelled the job. Not an error: the job ends as cancelled."""
