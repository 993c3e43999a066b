"""Articles -> what an index says of them: verdicts."""
