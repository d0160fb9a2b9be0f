"""Who asks: principals, the accounts and keys they come from, and what each may do."""
