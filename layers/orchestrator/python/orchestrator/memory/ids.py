"""The inputs that several memory tools share."""

from typing import Annotated

from pydantic import Field

ItemId = Annotated[
    str, Field(pattern=r"^mem_[0-9a-f]{1,64}$", description="Id from memory.write or memory.search.")
]
Tag = Annotated[str, Field(min_length=1, max_length=64)]
