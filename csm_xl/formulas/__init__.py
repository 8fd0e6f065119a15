"""Formulas as text: tokens, references, moving and rewriting them."""
