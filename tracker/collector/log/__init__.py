"""The durable log: one writer, group commits, SQLite."""
