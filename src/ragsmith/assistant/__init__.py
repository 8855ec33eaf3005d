"""Ragsmith for assistants: a server of the Model Context Protocol on one folder of music."""
