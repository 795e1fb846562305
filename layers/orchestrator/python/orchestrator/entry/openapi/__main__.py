"""`python -m orchestrator.entry.openapi`: write the published documents again.

Run it from the root of the repository after a route, a model or an event has changed; a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestrator.entry.openapi import chatgpt, collect, document

FOLDER = Path("functions/api/docs")


def generate(root: Path) -> dict[str, str]:
    """Return the text of each published file by its name; `root` is the repository's root."""
    whole = document.build(collect.apps(root), root / "events")
    return {"openapi.json": _text(whole), "chatgpt.json": _text(chatgpt.reduce(whole))}


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the files and say so."""
    for name, text in generate(Path.cwd()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"{FOLDER / name}: {len(text):,} characters")


if __name__ == "__main__":
    main()
