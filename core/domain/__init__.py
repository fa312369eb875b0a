"""The nouns of Clade. Imports nothing else of ours."""
