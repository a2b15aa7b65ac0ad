"""A server whose data were replaced: noticed, asked about, reconciled."""
