"""One call: its channel, legs and events, and what flows may use besides."""
