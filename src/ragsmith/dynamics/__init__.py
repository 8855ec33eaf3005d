"""How loud notes are: learnt from the corpus, or by metre."""
