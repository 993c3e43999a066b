"""What arrays of numbers are asked for that numpy has no word for: ragged rows, look-ups, unions."""
