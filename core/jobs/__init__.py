"""Long work in a subprocess. Knows nothing of clustering: it runs a named use case."""
