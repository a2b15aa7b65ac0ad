"""Keeps the folders of classic Outlook, driven from outside through its object model, in step with a replica."""
