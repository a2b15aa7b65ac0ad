"""``passerelle demo``: a whole organisation on one machine, made up and kept in step."""
