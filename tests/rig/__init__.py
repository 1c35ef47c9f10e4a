"""Test rig: small SIP/RTP phones for the end-to-end tests, the demo and the benchmarks."""
