"""The state machines: a file for each workflow of `orchestrator.spec.WORKFLOWS`, found by its name.

Each holds one function, `define(parts: Parts) -> State` (`infra.definitions`), and imports no CDK.
"""
