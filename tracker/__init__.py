"""Product analytics in Python, from the click to the chart."""

__version__ = "0.1.0"
