"""Functions of this group."""
