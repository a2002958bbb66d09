"""Vigie's scanner: records in, decisions out. ``scanner.scan`` is the library behind the command ``vigie scan``."""
