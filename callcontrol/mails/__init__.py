"""What we write to people: each mail one class with its words, its form, and the links in it. Pure."""
