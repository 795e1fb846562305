"""The words of time that the OpenAI stand-in knows, as pieces of patterns for text in small letters."""

from __future__ import annotations

WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|weds?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?"
    r"|mo(?:dnay|nady|ndya|day)|mondy|munday|tu(?:eday|sday|seday|edsay|esdya)|te(?:us|su)day"
    r"|we[dens]{2,6}(?:d?ay|dya)|thu(?:r|s|ris|rds|ers)day|th(?:rus|irs)day"
    r"|thursady|thurdsay"
    r"|fr?i?day|firday|f[ir]{2}(?:dy|dya|ady)|sat(?:ur|er|ru|re|r|u)day|saturdy|saturady|staurday"
    r"|sun(?:dy|ady|dya))"
)
TOMORROW = r"(?:to?m+[oa]?r+o?w|tom+or+o|tmr|tmw|2mor+ow?|2mrw)"
SLIP = (
    r"(?:(?:mo|tu|te|we(?!ek)|th|fr|fi|sa|st|su)[a-z]{0,6}(?:day|dya|ady|dsay|sayd|sady|dasy)s?"
    r"|tom+[aeo]r[a-z]*)"
)
"""What looks like the name of a day that somebody has mistyped."""
MONTH = (
    r"(?:jan(?:[uary]{3,5})?|feb(?:[ruay]{3,6})?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:[ust]{2,4})?"
    r"|sept?(?:[tembr]{4,7})?"
    r"|oct(?:[ober]{3,5})?|ocotber|nov(?:[embr]{3,6})?|dec(?:[embr]{3,6})?)\.?"
)
COUNT = (
    r"(?:\d+(?:\.\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"|thirty|forty|forty-five|sixty|ninety|(?:a )?couple of)"
)
NTH = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last)"
PART = r"(?:morning|afternoon|evening|night)"
LAST = rf"last (?:{WEEKDAY}|night|week|weekend|month|year|time|see|saw|have|had|go)"
"""What is over: nothing is booked there, and what was is another day than the next of that name."""
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
ORDINAL_DAY = r"(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)"
_NTH_DAYS = rf"{ORDINAL_DAY}(?:,? (?:and|&) (?:the )?{ORDINAL_DAY})?"
_YEAR = r"(?:,? (?:19|20)\d\d)?"
_UNIT = r"(?:day|week|month|year|night|fortnight)s?"
_SHORT_UNIT = r"(?:hours?|hrs?|minutes?|mins?|min)"
_SOME_MONTH = rf"(?:(?:(?:the|this|next) )?month|{MONTH}{_YEAR})"
CALENDAR_DAY = (
    rf"(?:(?:{WEEKDAY}\.?,? )?(?:{MONTH} (?:the )?{_DAY}(?!\d|:|[ap]m){_YEAR}"
    rf"|(?:the )?{_DAY} (?:of )?{MONTH}(?![a-z]){_YEAR}))"
)
_NAMED_DAY = (
    rf"(?:(?:(?:this|next|coming) )?{WEEKDAY},? (?:the )?{ORDINAL_DAY}(?! (?:of )?{MONTH})"
    rf"|(?:the )?day (?:after|before) (?:{TOMORROW}|yesterday)|(?:today|{TOMORROW}|yesterday)(?: {PART})?"
    rf"|tonight|tonite|this (?:morning|afternoon|evening)"
    rf"|{WEEKDAY},? (?:of )?next week|next week,? (?:on )?{WEEKDAY}"
    rf"|(?:the )?{WEEKDAY} (?:(?:of )?the week )?after next"
    rf"|(?:the )?week after next,? (?:on )?{WEEKDAY}"
    rf"|(?:(?:this coming|the coming|coming|this|next) )?{WEEKDAY}(?: {PART})?"
    r")"
)
_RELATIVE_DAY = (
    rf"(?:(?:in )?{COUNT} {_UNIT}(?:'s? time| from (?:now|today|{TOMORROW}|(?:next |this )?{WEEKDAY}))"
    rf"|in {COUNT} weeks?,? (?:on )?{WEEKDAY}(?!\w)|{WEEKDAY},? in {COUNT} weeks?(?:'s? time)?"
    rf"|in {COUNT} {_UNIT}|{COUNT} weeks? (?:on )?(?:today|{TOMORROW}|{WEEKDAY})|(?:today|{TOMORROW}"
    rf"|{WEEKDAY}) week"
    rf"|in (?:half an hour|{COUNT} {_SHORT_UNIT}(?: and a half)?(?:(?: and)? \d+ {_SHORT_UNIT})?)"
    rf"|{COUNT} {_SHORT_UNIT} from now)"
)
_COUNTED_DAY = (
    rf"(?:(?:the )?{NTH} (?:{WEEKDAY}|day) (?:of|in) {_SOME_MONTH}|(?:the )?end of {_SOME_MONTH}"
    rf"|the {ORDINAL_DAY}(?: of (?:this|next|the) month|(?! (?!at|from|in|for|to|until|till|with|by|this"
    rf"|next|or|and)[a-z]))|(?<=on ){ORDINAL_DAY}(?= (?:at|from) )"
    rf"|{ORDINAL_DAY}(?= \d\d?(?:[:.]\d\d| ?[ap]m))"
    rf"|(?:this|next) month on the {ORDINAL_DAY}"
    r"|month end|eom)"
)
_SAINT = r"(?:st\.?|saint)"
FEAST = (
    r"(?:(?:christmas|xmas)(?: eve| day|(?= (?:at|from|morning|\d))|(?= ?(?:$|[,.;])))"
    r"|new year'?s (?:eve|day)|nye|hogmanay|boxing day|epiphany|three kings'? day|hallowe'?en|bonfire night"
    r"|guy fawkes (?:night|day)"
    rf"|(?:{_SAINT} )?(?:valentine|paddy)'?s day|april fools?'?s?(?: day)?|(?:the )?fourth of july"
    rf"|{_SAINT} (?:stephen|david|patrick|george|martin|andrew|nichola)'?s'? day|{_SAINT} luc(?:y'?s|ia) day"
    r"|(?:australia|anzac|canada|bastille|reformation|remembrance|veterans'?|all (?:saints|souls)'?"
    r"|international women'?s) day|juneteenth|cinco de mayo"
    r"|rosenmontag|mardi gras|pancake (?:day|tuesday)|shrove tuesday|ash wednesday|good friday"
    r"|easter day|(?:easter|palm|mothering|pentecost|whit) ?sunday"
    r"|(?:easter|pentecost|whit|shrove|carnival|rose) ?monday"
    r"|(?:holy|easter) saturday|(?:holy|maundy) thursday|ascension (?:day|thursday)"
    r"|black friday|cyber monday|giving tuesday"
    r"|(?:the )?(?:first|1st|second|2nd|third|3rd|fourth|4th) (?:sunday (?:of|in) )?advent)"
)
_FIGURES = (
    r"(?:\d{4}/\d\d?/\d\d?|\d{4}-\d\d?-\d\d?(?:t\d\d:\d\d(?::\d\d)?(?:z|[+-]\d\d:?\d\d)?"
    r"| \d\d:\d\d(?! ?(?:-|to)))?|\d\d?\.\d\d?\.(?:\d{4}|\d\d)"
    r"|(?:3[01]|[012]?\d)\.(?:1[0-2]|0?[1-9])\.(?!\d)|\d\d?/\d\d?(?:/(?:\d{4}|\d\d))?)"
)
_STRETCH = r"(?:my week(?= look| ?\?|$)|(?:this|next|the) (?:week|weekend|month|quarter|year))"
ONE_DAY = (
    rf"(?:(?:{WEEKDAY},? )?{_FIGURES}|{CALENDAR_DAY}|{_RELATIVE_DAY}|{_NAMED_DAY}|{_COUNTED_DAY}"
    rf"|{FEAST}{_YEAR}|{_STRETCH})"
)
_WEEKDAYS = rf"(?:{WEEKDAY}(?:(?:/|, ?and |, | and ){WEEKDAY})+)"
DATE = (
    rf"(?:{_WEEKDAYS}|(?:the )?{_DAY} ?(?:-|to|until|through) ?(?:the )?{_DAY}"
    rf" (?:of )?{MONTH}(?![a-z]){_YEAR}"
    rf"|{MONTH} {_DAY} ?(?:-|to) ?{_DAY}(?!\d|:| ?[ap]m){_YEAR}"
    rf"|{ONE_DAY} ?(?:-|to|through|thru|until|till?) ?{ONE_DAY}|{ONE_DAY})"
)

_HOUR_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_HALF = r"(?: ?[ap]\.?m\b\.?)"
_IN_PART = r"(?: in the (?:morning|afternoon|evening)| at night| tonight)"
_FIGURE_HOUR = r"(?:[01]?\d|2\d)(?:[:.h][0-5]\d)?"
_WORD_HOUR = rf"{_HOUR_WORD}(?:[- ](?:fifteen|thirty|forty-five))?"
_PAST = (
    r"(?:half past|half|(?<!from )(?:quarter|five|ten|twenty|twenty-five|25) (?:past|to)|\d\d? past)"
    rf" (?:\d\d?|{_HOUR_WORD}|noon|midday|midnight)"
)
SURE_HOUR = (
    rf"(?:(?:12 )?(?:noon|midday|midnight)(?:-?ish)?(?: tonight)?|{_FIGURE_HOUR}{_HALF}? ?-?ish"
    rf"|{_PAST}(?:{_HALF})?(?:{_IN_PART})?"
    rf"|\d{{4}} ?(?:hours|hrs)"
    rf"|(?:{_FIGURE_HOUR}|{_WORD_HOUR})(?: o'clock(?:{_HALF})?(?:{_IN_PART})?|{_HALF}(?:{_IN_PART})?"
    rf"|{_IN_PART})"
    r"|(?:[01]?\d|2\d)[:h][0-5]\d|[012]\d\.[0-5]\d)"
)
"""What can only be a time of day."""
ANY_HOUR = rf"(?:{SURE_HOUR}|{_WORD_HOUR}|{_FIGURE_HOUR})"
"""What is one behind `at`, `from` or in a range."""

_EVERY = r"(?:every|each)"
_LIST = rf"{WEEKDAY}s?(?:(?:, ?and |,? (?:and|&) |, |/| ){WEEKDAY}s?)*"
_STEP = rf"(?:other|second|2nd|third|3rd|fourth|4th|{COUNT})"
RECURRENCE = (
    rf"(?:(?:on )?{_EVERY} {WEEKDAY} ?(?:-|to|through|thru|until|till?) ?{WEEKDAY}(?!\w)"
    rf"|(?:{_EVERY} ?day|daily),? (?:except|but)(?: for| not)?(?: on)? (?:{_LIST}|(?:the )?weekends?)"
    rf"|on the {ORDINAL_DAY},? {_EVERY} (?:{_STEP} )?month"
    rf"|(?:on )?(?:the )?{NTH}(?:,? (?:and|&) (?:the )?{NTH})?"
    rf" (?:{WEEKDAY}|day) (?:of|in) (?:a month|{_EVERY} (?:month|quarter))"
    rf"|(?:on )?(?:the )?{NTH} {WEEKDAY},? (?:monthly|each month|every month)"
    rf"|(?:on |{_EVERY} )?(?:the )?{NTH},? (?:and|&) (?:the )?{NTH} {WEEKDAY}(?: (?:of|in) the month)?"
    rf"|{_EVERY} {NTH} (?:{WEEKDAY}|day) of (?:the|each) month|{_EVERY} (?:first|1st|last) {WEEKDAY}"
    rf"|(?:on )?(?:the )?(?:{_NTH_DAYS}|last day|{NTH}) of {_EVERY} (?:{_STEP} )?month"
    rf"|{_EVERY} {_NTH_DAYS} of the month"
    rf"|(?:monthly|{_EVERY} (?:{_STEP} )?months?),? on the (?:{NTH} {WEEKDAY}|{_NTH_DAYS}|last day)"
    rf"|{_EVERY} (?:year on )?(?:{MONTH} (?:the )?{_DAY}|(?:the )?{_DAY} (?:of )?{MONTH})"
    rf"|yearly on {MONTH} {_DAY}"
    rf"|(?:weekly|fortnightly|{_EVERY} (?:{_STEP} )?weeks?) on {_LIST}"
    rf"|(?:on )?(?:{_EVERY} )?alternat(?:e|ing) {_LIST}"
    rf"|(?:on )?{_EVERY} (?:{_STEP} )?{_LIST}(?: {PART})?|(?:on )?(?:weekdays|weekends|workdays)|every ?day"
    rf"|{_EVERY} (?:weekday|workday|working day|business day|weekend|{PART}|quarter)(?: {PART})?"
    rf"|{_EVERY} (?:{_STEP} )?(?:days?|weeks?|months?|years?)"
    rf"|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days(?:(?:, ?and |,? (?:and|&) |, )(?:mon|tues"
    r"|wednes|thurs"
    r"|fri|satur|sun)days)*"
    r"|daily|weekly|monthly|quarterly|yearly|annually|fortnightly|bi-?weekly|bi-?monthly)"
)
KIND_OF = frozenset({"daily", "weekly", "monthly", "quarterly", "yearly", "annually", "fortnightly"})
"""What may tell what kind of thing it is, where its rule is named as well."""
ARRIVES = r"(?:arriv(?:es?|ing)|lands|landing|ends|ending|finish(?:es|ing))"
DEPARTS = r"(?:departs|departing|leaves|leaving|starts?|starting|begins?|beginning|doors(?: open)?)"
"""What leads to the hour at which something that was named before ends, or starts."""

BOUND = (
    rf"(?:,? (?:until|till?|through|ending(?: on)?) {ONE_DAY}"
    rf"| for (?:the (?:next |following ))?{COUNT} (?:days|weeks|months|times|sessions))"
)
"""What says when a series is over."""

DURATION = (
    rf"(?:(?:half an hour|half[- ]an?[- ]hour|half[- ]hour|quarter of an hour|three quarters of an hour"
    r"|an hour and a half)"
    rf"|{COUNT}[- ]and[- ]a[- ]half[- ]hours?"
    rf"|{COUNT}[- ]?(?:hours?|hrs?|h)\b(?: and a half)?(?:(?:,| and)? ?{COUNT} ?(?:minutes?|mins?|m)\b)?"
    rf"|\d+h\d\d|(?:(?<=\()|(?<=for )|(?<=, ))\d+ ?m\b|{COUNT}[- ]?(?:minutes?|mins?|min)\b|(?:an )?hour-long"
    rf"|(?:all|whole|full)[- ]day|day[- ]long"
    rf"|(?:for )?(?:the |a )?(?:whole|entire|full) week|{COUNT} times"
    rf"|(?:(?:for the (?:next|following) )|(?<=for )|(?<=by )){COUNT} (?:days?|weeks?|months?|times|sessions)"
    rf"|{COUNT}[- ]day(?= [a-z]))"
)
ZONE = (
    r"(?:(?:utc|gmt)(?: ?[+-]\d\d?(?::?\d\d)?)?|zulu time|(?:europe|america|asia|africa|australia|pacific"
    r"|atlantic)"
    r"/[a-z_]+(?:/[a-z_]+)?|(?:eastern|central european|central|mountain|pacific)(?: standard"
    r"| daylight)? time"
    r"|(?!(?:for|of|on|to|the|in|at|some|any|full|and|with|by|about|focus|quiet|travel|family|lunch|break"
    r"|free|prep|play|story|me|team) )[a-z]+(?: (?!focus|quiet|travel|family|prep)[a-z]+)? time)"
)
SHORT_ZONE = r"(?:[A-Z]{1,4}T|EASTERN|Eastern|Central|Mountain|Pacific)\b"
"""Right behind a time only, and in its own letters."""
MONEY = (
    r"(?:(?:rs\.? ?|₹ ?)\d[\d.,]*(?: ?(?:lakh|crore)s?)?\b|\d[\d.,]*(?: ?(?:lakh|crore)s?)? ?(?:rupees?|rs)\b"
    r"|\d[\d.,]* ?(?:lakh|crore)s?\b|(?:\d{1,3}(?: \d{3})+|\d[\d.,]* ?(?:k|m|million)) ?"
    r"(?:[€£]|(?:eur|usd|gbp|chf|euros?|dollars?|pounds?)\b)"
    r"|(?:(?:us\$|[$€£¥₹]|(?:usd|eur|gbp|chf|jpy|inr) ?)\d[\d.,']*\d(?: ?(?:k|m|million))?\b|(?:us\$"
    r"|[$€£¥₹])\d(?: ?(?:k|m|million)\b)?"
    r"|\d[\d.,']*(?:\d)? ?(?:[€£](?!\d)|(?:usd|eur|gbp|chf|dollars?|euros?|pounds?|bucks?|francs?)\b)))"
)
PRIORITY = (
    r"(?:not urgent|(?:top|highest|high|low|medium|normal)[- ]prio(?:rity)?|no rush|urgent(?:ly)?|asap"
    r"|emergency"
    r"|immediately|important|critical|crucial|optional)"
)
STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|sq|boulevard|blvd|crescent|gardens"
    r"|terrace|way|hill)\b"
)
"""What a number leads to that is a house's, and no hour."""
SHORT_DAYS = r"(?:m|tu?|w|th?|f|sa?|su?)(?:/(?:m|tu?|w|th?|f|sa?|su?))+|mwf|tth|m-f"
"""Days of the week in single letters."""
_TELLING = (
    *(
        "until",
        "till",
        "for the rest",
        "onwards?",
        "during",
        r"between(?! (?:me|us|you|him|her|them)\b| @)",
        "before",
        "after",
    ),
    *("the next", "the following", "the previous", "same time", "twice", "again", "each", "every"),
    *("except", "unless", "instead", "either", "not", "or", "but", "if"),
    r"\d\d?(?:[:.]\d\d)? ?(?:am|pm|[apmh]|hrs?|mins?)|\d\d?[:.]\d\d",
    r"(?<!'s )\d\d?(?:st|nd|rd|th)(?= ?(?:$|[,;&\d]| (?:and|or)\b))",
    r"(?:around|about|roughly|at|from|by|@) \d\d?(?![/-])",
    *("moved", "rescheduled", "postponed", "cancell?ed", "alternat(?:e|ing)", r"\d\d? uhr"),
    rf"{COUNT} (?:cycles|rounds|sessions|lessons|classes|treatments|visits|dates|occurrences|instances)",
    rf"\d\d?(?= ?- ?{WEEKDAY}\b)",
    *(r"(?<=and )\d\d?(?= ?(?:$|[,.]|daily|every))", "and a quarter", SHORT_DAYS),
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[- ](?:fifteen|thirty|forty-five)",
    rf"(?!an? ){COUNT} (?:mornings|afternoons|evenings|nights|days|weeks)",
    r"(?:(?<=, )|(?<=and ))(?:jan|feb|mar|jul|aug|sept?|oct|nov|dec)(?= ?(?:$|,|and\b|&))",
    *("today", "tomorrow", "week-long", "month-long"),
    r"(?:first|second|third|last) (?:business|working) day",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?",
    *("january", "february", "july", "september", "october", "november", "december"),
)
MEETS = (
    r"(?:meetings?|calls?|syncs?|stand-?ups?|appointments?|events?|1:1|retro|review|interview|demo"
    r"|breakfast|brunch|lunch|dinner|coffee|drinks|check-?in|catch-?up|session|class|lesson|reservation"
    r"|booking)"
)
"""What stands in a calendar."""
SEASON = (
    r"(?:the )?(?:advent|lent|ramadan|spring|summer|autumn|fall|winter|term[- ]time|school holidays|holidays)"
    r"(?: term| holidays?| break| season)?(?= ?(?:$|[,.;]|\x00| (?:at|on|from|with|for)\b))"
)
"""A part of the year: behind `in` it says when, not where."""
UNREAD = (
    rf"(?<!\w)in {MONTH}(?!\w)|(?<!\w)(?:in|during) {SEASON}|(?<![\w'@.-])(?:{'|'.join(_TELLING)})(?![\w'])"
)
"""What is left over and still says something about when, or whether."""
