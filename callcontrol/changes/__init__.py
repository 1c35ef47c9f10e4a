"""The one way in which a setting is changed, whoever changes it."""
