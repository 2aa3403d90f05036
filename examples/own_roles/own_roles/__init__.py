"""Every role of a search, by another package than alignenv."""
