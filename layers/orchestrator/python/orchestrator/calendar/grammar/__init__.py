"""The understanding that needs no model: English sentences by rule. Imported only when no model answers.

What it says, it is sure of: a word that may change the meaning and that no rule has read makes the whole text
a question, whose first reading is the best guess.
"""
