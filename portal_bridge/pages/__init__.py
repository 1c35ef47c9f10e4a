"""The pages of the portal (spec §10): ``table`` names them all, ``serve`` puts them into the application."""
