"""Questions to the store: a DuckDB process of its own, the queries and the charts' specifications."""
