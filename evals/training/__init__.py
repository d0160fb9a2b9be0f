"""Train the reader that needs no LLM, and export it."""
