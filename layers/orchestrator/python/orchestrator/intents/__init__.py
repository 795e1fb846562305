"""Intents: a dotted name with inputs, run by a tool, a flow or an MCP server; the answer now, or a job."""
