"""Recipes as files: JSON that a person may read and keep."""

from __future__ import annotations

import json
from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.errors import InputError
from core.domain.recipes import Mention, Recipe, Step, decode_edit, encode_edit

FORMAT = "Clade recipe 1"
_MOST_BYTES, _MOST_STEPS = 50_000_000, 10_000


class _Mention(BaseModel):
    id: str
    path: tuple[str, ...] = Field(min_length=1)
    leaf: bool
    size: int = Field(ge=0)
    texts: tuple[str, ...]


class _Step(BaseModel):
    sentence: str
    edit: dict[str, object]
    mentions: tuple[_Mention, ...]
    makes: tuple[str, ...]


class _Recipe(BaseModel):
    model_config = ConfigDict(extra="ignore")

    format: str
    project: str
    steps: tuple[_Step, ...] = Field(max_length=_MOST_STEPS)
    left_out: tuple[str, ...] = ()


def write_recipe(recipe: Recipe) -> bytes:
    """Return a recipe as a JSON file."""
    steps = [
        {
            "sentence": step.sentence,
            "edit": encode_edit(step.edit),
            "mentions": [asdict(mention) for mention in step.mentions],
            "makes": step.makes,
        }
        for step in recipe.steps
    ]
    values = {"project": recipe.project, "steps": steps, "left_out": recipe.left_out}
    told = json.dumps({"format": FORMAT, **values}, ensure_ascii=False, indent=1)
    return told.encode("utf-8", "replace")


def read_recipe(name: str, data: bytes) -> Recipe:
    """Return the recipe in a file. Raises InputError where it is none."""
    move = "Choose a file that was downloaded as a recipe on the History page."
    if len(data) > _MOST_BYTES:
        raise InputError(f"'{name}' is larger than 50 MB.", move)
    try:
        read = _Recipe.model_validate_json(data)
    except ValidationError as error:
        raise InputError(f"'{name}' is not a recipe.", move) from error
    if read.format != FORMAT:
        raise InputError(f"'{name}' is not a recipe that this version of Clade reads.", move)
    steps = tuple(
        Step(
            step.sentence,
            decode_edit(step.edit),
            tuple(Mention(**mention.model_dump()) for mention in step.mentions),
            step.makes,
        )
        for step in read.steps
    )
    return Recipe(read.project, steps, read.left_out)
