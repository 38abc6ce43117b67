"""Who may do what in which state: a table written by hand, held against the server through HTTP."""
