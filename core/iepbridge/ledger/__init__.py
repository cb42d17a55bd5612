"""What was done, to what, with which bytes: the database that answers "seen before?"."""
