"""Pure data: what a case is, what a decision says, what a diagnosis tells."""
