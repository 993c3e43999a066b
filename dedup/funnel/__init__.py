"""New articles -> their candidates -> matches: each step costs more and has fewer pairs to look at."""
