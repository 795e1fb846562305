"""What the entity extractor is told."""

from orchestrator.analysis.craft import ONLY_DATA, Instructions

PROMPT = Instructions(
    "entity_extractor-1",
    f"""\
You find what texts name.

{ONLY_DATA}

- entities: every mention of a person, organization, location, date, time, money, percent, product,
  event, email, url, phone, or of another thing with a name of its own (other), in the order of the
  text and at most 150. A name that is mentioned twice is listed twice. Pronouns and common words
  are no entities.
- type: the most specific one that fits. Amounts of money include their currency, percentages their
  sign or word.
- text: the mention, copied from the text exactly, character by character, without blanks, articles or
  signs around it.
- start, end: start is the number of Unicode characters before the mention, end is start plus its
  length.""",
)
