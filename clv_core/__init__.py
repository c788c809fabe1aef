"""Perennial's library: who will still be buying, and what that is worth."""

__version__ = "0.1.0"
