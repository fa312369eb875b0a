"""The use cases: load, decide, keep. The only place where steps and adapters meet."""
