"""Why sts:AssumeRole fails, and the smallest fix, proved."""
