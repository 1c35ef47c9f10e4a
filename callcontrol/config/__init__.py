"""The configuration of this installation: callcontrol.yaml, the environment, generated secrets."""
