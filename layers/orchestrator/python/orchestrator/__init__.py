"""The shared package: wings, adapters and the edge of every Lambda in `functions/`."""

__version__ = "0.1.0"
