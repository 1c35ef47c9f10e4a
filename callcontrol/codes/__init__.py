"""What star codes do, spoken to at one's own phone (spec §7). ``run`` is the front door, their table ``star_codes``."""
