"""Write the library: documents become sections, chunks, a full-text index and vectors."""
