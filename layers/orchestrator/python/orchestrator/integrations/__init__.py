"""Adapters to vendors. They implement the ports of the wings; only `orchestrator.wiring` names them."""
