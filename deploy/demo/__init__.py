"""The demonstration room that `make demo` runs on one machine; all its people and papers are marked as demo data."""
