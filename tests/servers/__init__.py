"""Real database servers for the tests, in temporary folders, on loopback ports of their own."""
