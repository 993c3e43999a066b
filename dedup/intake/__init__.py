"""Records -> the index: batches, what is made of them, and what changes with them."""
