"""How long a token takes: in until the agenda stands, out until the screen shows nothing, in at another seat."""
