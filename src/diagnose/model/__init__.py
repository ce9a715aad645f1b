"""Pure data: what a case, a decision and a diagnosis are made of."""
