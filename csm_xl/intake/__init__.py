"""Reading what other programs export: files, and the texts in their cells."""
