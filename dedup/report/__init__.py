"""Match and Group -> terminal, tables, JSON and HTML: what the engine says, cut and laid out to be read."""
