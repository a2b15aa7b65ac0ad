"""Pages for paper: what a page of the desk shows, laid out to be printed, all of it and nothing else."""
