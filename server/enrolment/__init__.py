"""Terminals let in by a list: IT names serial, one-time code and seat beforehand, and compares nothing afterwards."""
