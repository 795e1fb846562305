"""Five texts as people write them, for the stand-in that answers without a model."""

NEWS = """\
Apple to open research centre in Munich as chip race heats up

MUNICH, March 3, 2026 – Apple said on Tuesday that it will invest $1.2 billion in a new \
research centre in Munich, \
its largest outside the United States. Chief executive Tim Cook announced the plan at a press \
conference with \
Ursula von der Leyen, the president of the European Commission, at 14:30 CET.

The centre will employ 2,000 engineers by 2028 and will work with the Technical University of \
Munich on chips for \
the iPhone and other devices. Apple already employs about 2,500 people in Germany, most of them \
in Bavaria. \
Analysts at Goldman Sachs expect the company's spending on chips to grow by 12% a year.

Dr. Maria Lopez of the University of Oxford said the investment shows how strongly chip makers compete for \
engineers. "There are not enough of them in Europe," she said. Rivals such as Infineon Technologies AG and \
Qualcomm have announced similar plans. Apple shares were little changed in New York. \
Further information is available at https://www.apple.com/newsroom or from press@apple.com.
"""

GOOD_REVIEW = """\
I bought the Sony WH-1000XM5 from Amazon three weeks ago for €279.99 and I am absolutely thrilled. \
The noise cancelling is incredible: I don't hear the train at all any more. \
The sound is warm and clear, and the battery easily lasts for five days. \
They are very comfortable, even after eight hours at work. \
The only thing I don't love is the case, which is a bit large. \
Delivery was fast and the support team answered my question within 10 minutes. Highly recommended! 😍
"""

BAD_REVIEW = """\
Worst laptop I have ever owned. The screen was scratched when it arrived on 12 January 2026, \
the keyboard is flimsy \
and the fan is terribly loud. After two weeks it stopped working completely. \
I called TechStore24 GmbH three times and nobody helped me; the staff were rude and unhelpful. \
The design is nice, but that doesn't help when the machine won't start. \
I want my money back. Never again! 👎
"""

SUPPORT_MAIL = """\
Hi team,

I'm writing about order #A-20417, which I placed on 2026-02-14. Unfortunately the parcel has \
still not arrived, \
although your website says it was delivered on Monday at 9:15 am. I have already called your hotline at \
+44 20 7946 0958 twice, and Sarah was friendly but could not find the parcel either.

I paid £149.50 by credit card. Please either send a replacement to Manchester by Friday or \
refund the full amount. \
You can reach me at j.whitfield+orders@example.co.uk or on 07700 900123 after 5 pm.

Best regards,
James Whitfield
"""

GERMAN = """\
😀👍 Hallo zusammen! Am 12. März 2026 war ich mit Frau Müller im Hotel Adlon in Berlin. Das \
Zimmer war wunderschön \
und sauber, und das Frühstück hat uns sehr gut geschmeckt 🥐. Leider war das WLAN furchtbar \
langsam, und die \
Rechnung über 1.299,00 € war falsch: 15 % zu viel! Der Kundendienst der Deutschen Bahn war dagegen \
hervorragend; Jürgen Köhler hat uns um 14.30 Uhr zurückgerufen. Für 49,90 Euro fuhren wir \
weiter nach Köln. \
Kontakt: jürgen.köhler@müller-söhne.de, Telefon 030 1234567.
"""

ALL = {"news": NEWS, "good": GOOD_REVIEW, "bad": BAD_REVIEW, "mail": SUPPORT_MAIL, "german": GERMAN}
