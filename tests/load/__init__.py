"""The service under load: ``make load``."""
