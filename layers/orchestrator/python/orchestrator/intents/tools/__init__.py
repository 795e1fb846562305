"""The agent-mode tools, one file each. A file `my_operation.py` with `async def my_operation(...)` is `my.operation`."""
