"""The collector: takes messages and raw facts, stores them durably, and serves assets and charts.

How a request goes: ``app`` routes it; ``ingest`` answers the ingestion paths with ``body`` (size
limits), ``keys`` (who may send), ``decode`` and ``intake`` (what may be stored), ``dedupe`` (what
is stored already) and ``log`` (the store); ``site`` serves everything else. ``serve`` runs it all.

Addresses of senders are not stored: they are held in memory for the rate limit and nowhere else.
Neither are write keys; a message is stored with the name of its key's source.
"""
