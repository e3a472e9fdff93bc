"""What people open in a browser: assets, demo, health, metrics, and the admin pages."""
