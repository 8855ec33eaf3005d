"""The modelled piano: from a piece to sound, and to sound files."""
