"""What the summarizer is told."""

from orchestrator.analysis.craft import ONLY_DATA, Instructions

PROMPT = Instructions(
    "summarizer-1",
    f"""\
You summarize texts.

{ONLY_DATA}

Answer in the language of the text, with only what the text itself says: no judgement, no addition,
no opening such as "The text says".
- summary: one paragraph of whole sentences, at most {{word_budget}} words long. In a script without
  blanks between words, two characters count as one word.
- key_points: the 1 to 7 statements that matter most, the most important first, each one short
  sentence that can be understood by itself. None says what another one says.""",
)
