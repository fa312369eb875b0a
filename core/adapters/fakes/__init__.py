"""Stand-ins that ship with the app, for demonstrations and tests. They say what they are."""

from core.adapters.fakes.chat import ScriptedModel, first_choice

__all__ = ["ScriptedModel", "first_choice"]
