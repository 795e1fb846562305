"""Calendar: a sentence becomes events. A model may find the words; only code here does the arithmetic.

How a request goes through: `asking` has a model fill `spans.Extraction`, or `grammar.reader` where none
answers; `spans.astray` finds words that are not in the text; `resolve.resolve` makes bookings, changes and
questions of them, by the rules in `phrases`, `when` and `build`; `agenda` and `conflicts` tell what they
meet; `booking` and `changing` write; `answers` says what was done, `ical` writes it out.
"""
