"""Pure rules of benefits: what a page must have, money in words, conditions as forms, calendars."""
