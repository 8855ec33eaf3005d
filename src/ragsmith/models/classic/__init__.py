"""The write-up's networks: `element`, `many-to-one`, `multihot`."""
