"""What the sentiment agent is told."""

from orchestrator.analysis.craft import ONLY_DATA, Instructions

PROMPT = Instructions(
    "sentiment-1",
    f"""\
You tell what feeling texts express.

{ONLY_DATA}

Judge what the author expresses, not whether what is told is good news; irony counts as what it
means.
- label: positive, negative, neutral (hardly any feeling) or mixed (clearly positive as well as
  clearly negative).
- score: from -1 (wholly negative) to 1 (wholly positive). Above 0 for positive, below 0 for
  negative, from -0.2 to 0.2 for neutral, the balance of both sides for mixed.
- entities: the persons, organizations, products, places and things the text expresses a feeling
  about, in the order of the text and at most 60, each with the label and the score of that feeling.
- text: what is named, copied from the text exactly, character by character.
- start, end: start is the number of Unicode characters before it, end is start plus its length.""",
)
