"""`stride`, the flagship: one LSTM along time, one network up the keyboard; see `formulas`."""
