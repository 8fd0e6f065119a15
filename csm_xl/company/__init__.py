"""What to do next, for whom, and whether it helped. Pure functions: nothing here knows Excel."""
