"""What is made of a plan, for other tools and for people. None of it goes to a page."""
