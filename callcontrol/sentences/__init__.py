"""What is wrong with what a person wrote, in its language: one table for files, settings, forms and the web."""
