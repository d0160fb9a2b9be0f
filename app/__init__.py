"""Read the library: retrieve, answer, cite; in the terminal, over HTTP and on a page."""
