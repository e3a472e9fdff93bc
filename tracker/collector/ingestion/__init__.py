"""From a request to the log: the paths that senders use."""
