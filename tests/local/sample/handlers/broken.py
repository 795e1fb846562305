"""Cannot be imported."""

raise RuntimeError("cannot import me")
