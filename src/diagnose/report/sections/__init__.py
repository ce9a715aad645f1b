"""What a report says, a section at a time."""
