"""The connector among the user's programs: a service of their session, and what shows how accounts fare."""
