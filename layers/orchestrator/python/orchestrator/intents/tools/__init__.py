"""Agent-mode tools, one file each: `my_operation.py` with `async def my_operation(...)` is `my.operation`."""
