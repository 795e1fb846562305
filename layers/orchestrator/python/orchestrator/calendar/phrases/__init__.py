"""What single phrases mean: days, hours, lengths, series, zones, money. They know the moment and no event.

`readings.Forms` collects the forms that a kind of phrase takes; a phrase has one reading or several.
"""
