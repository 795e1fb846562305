"""The synthesized stack on a laptop: `python -m infra.local`.

It reads only what `python -m infra.app` wrote (template and asset list), never a spec, a handler or a
construct. One process holds everything: moto for the stateful services behind an HTTP front of our own
(`aws`), Lambda workers as real processes (`workers`), the HTTP API (`gateway`), queues and schedules
(`triggers`).
"""
