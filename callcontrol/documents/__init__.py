"""Files that a person writes: YAML as a tree of texts with their lines, the kinds of field, what is wrong with them."""
