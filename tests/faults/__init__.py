"""What may go wrong around a collector, made to go wrong for real."""
