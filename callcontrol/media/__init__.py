"""Files of sound: prompts, recordings, and how they go."""
