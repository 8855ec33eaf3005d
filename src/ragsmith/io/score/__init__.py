"""The written page: from a piece to measures, voices, beams, MusicXML and engraved pages."""
