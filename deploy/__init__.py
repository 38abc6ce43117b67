"""Putting the room on a machine: configuration of the services around the product, and the demonstration."""
