"""What would mend it, and the proof: edits of a case, decided again. Pure."""
