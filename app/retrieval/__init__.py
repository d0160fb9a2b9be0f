"""Find passages: dense and lexical search, fused."""
