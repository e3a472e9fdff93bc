"""What ``bench/leave.py`` is made of: pages to leave, servers that hear what arrives, and visitors."""
