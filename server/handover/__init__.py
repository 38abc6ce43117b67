"""Hand-over when somebody leaves: what an account holds, who takes it over, and the end of the account."""
