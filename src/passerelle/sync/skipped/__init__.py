"""What waits for the user: skipped objects and conflicts."""
