"""One run of one feed: lease, collect or fetch, process one by one, sum up."""
