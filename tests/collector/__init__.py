"""Tests of the collector's ingestion, store and site."""
