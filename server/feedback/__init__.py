"""Faults and wishes: told by whoever works with the product, answered by those who run it."""
