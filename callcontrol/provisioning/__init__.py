"""The company file: from YAML to a company that can be applied, or to all its mistakes with their lines. Pure."""
