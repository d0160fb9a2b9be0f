"""Series too long for every test run: `make torture`."""
