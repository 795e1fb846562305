"""The daily sweep."""
