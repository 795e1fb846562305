"""What the tests of the edge have, too."""

from tests.unit.entry.conftest import lines

__all__ = ["lines"]
