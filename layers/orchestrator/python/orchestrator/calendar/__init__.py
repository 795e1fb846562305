"""Calendar: a sentence becomes events. A model may find the words; only code here does the arithmetic.

How a request goes through: `spans.Extraction` is filled by a model, or by `grammar.reader` when none
answers; `spans.astray` finds words that are not in the text; `resolve.resolve` makes bookings, changes and
questions of them; `events.event_of` gives the document's event; `conflicts.report` what it meets;
`ical.calendar` writes it out. The rules stand in the modules that keep them: `dates`, `clock`, `build`,
`recurrence`, `zones`.
"""
