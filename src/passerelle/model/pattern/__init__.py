"""OX patterns in steps: their values, checks, the rules they mean, and how any recurrence becomes one."""
