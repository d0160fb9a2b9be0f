"""The same documents and questions for other libraries, each run in an environment of its own."""
