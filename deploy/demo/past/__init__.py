"""What happened in the demo's house before it is opened: meetings that are over, one to come, what goes with them."""
