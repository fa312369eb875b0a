"""The outside world behind the ports. Imports domain only."""
