"""What the steps do: short coroutines of phone verbs. A flow decides nothing; it answers with an outcome."""
