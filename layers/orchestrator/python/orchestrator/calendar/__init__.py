"""Calendar: a sentence becomes events. A model may find the words; only code here does the arithmetic."""
