"""The steps from one version of the tables to the next; none is changed once released."""
