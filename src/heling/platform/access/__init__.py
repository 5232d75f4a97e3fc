"""Who may see what: the scope in the transaction, the rows under it, the request's actor."""
