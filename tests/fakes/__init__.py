"""Fakes of product quality: a small telephone system, stores and a clock, for tests on virtual time.

Every fake subclasses the port that it stands for, so that mypy checks it. Nothing here opens a socket or a
thread, and nothing here patches a name of the product.
"""
