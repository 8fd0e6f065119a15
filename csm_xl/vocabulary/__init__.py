"""The words of the owner and of csm-xl, in both languages: one source for every room above it."""
