"""The studio: learn, compose, look and listen in the browser, all on this computer."""
