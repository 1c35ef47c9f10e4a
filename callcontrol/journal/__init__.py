"""The story of a call, entry by entry: what survives the app, and what the history is made of."""
