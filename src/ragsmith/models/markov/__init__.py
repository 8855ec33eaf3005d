"""`markov`: variable-order prediction by partial matching, the baseline to beat."""
