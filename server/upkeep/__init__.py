"""The book of the terminals: what broke, was looked after or replaced, and what is to be looked after when."""
