"""`python -m orchestrator.entry.openapi`: write the published documents again.

Run it from the root of the repository after a route, a model or an event has changed; a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestrator.entry.openapi import chatgpt, collect, document, reference

WHOLE = "functions/api/docs/openapi.json"
REDUCED = "functions/api/docs/chatgpt.json"
PAGE = "docs/reference.md"


def generate(root: Path) -> dict[str, str]:
    """Return the text of each published file by its path below `root`, the repository's root."""
    whole = document.build(collect.apps(root), root / "events")
    return {WHOLE: _text(whole), REDUCED: _text(chatgpt.reduce(whole)), PAGE: reference.render(whole)}


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the files and say so."""
    for name, text in generate(Path.cwd()).items():
        Path(name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text):,} characters")


if __name__ == "__main__":
    main()
