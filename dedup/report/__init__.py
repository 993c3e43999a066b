"""Match and Group -> terminal and JSON. Nothing here computes; it shows what the engine says."""
