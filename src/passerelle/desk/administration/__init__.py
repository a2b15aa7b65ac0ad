"""The pages in which administrators look after users, groups and resources, and see how the server fares."""
