"""The values that several code points share: addresses, AS numbers, labels, route distinguishers and their like."""
