"""The pure decisions: what happens next with a call, and why. No I/O, no await, no clock, no log."""
