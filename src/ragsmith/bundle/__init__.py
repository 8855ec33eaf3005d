"""The model file: a model, what it was learnt from, and what tells copies of that."""
