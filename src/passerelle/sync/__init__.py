"""The engine that keeps a replica and its peers in step."""
