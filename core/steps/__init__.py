"""The pure verbs, one module a step. From arguments to a value; imports domain only."""
