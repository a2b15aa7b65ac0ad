"""Keeps the files that hang on items in step, one by one."""
