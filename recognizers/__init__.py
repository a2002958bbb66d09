"""Vigie's recognizers: what French comments say of people, found with lexicons, context and check digits.

``recognizers.detector.Detector`` is the plain way in, ``recognizers.presidio`` the way in for Presidio. This package knows no file,
database or screen.
"""
