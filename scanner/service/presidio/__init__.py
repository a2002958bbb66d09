"""The REST API of Presidio, so that clients written for it work unchanged."""
