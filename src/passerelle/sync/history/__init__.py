"""What happened to items, and how it is taken back."""
