"""Turn passages into a cited answer."""
