"""Between the process of the web and the process of the calls: ``ports.CallSide`` over a Unix socket (ADR 6)."""
