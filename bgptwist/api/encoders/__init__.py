"""The shapes of event lines: JSON, text, and the dialects of the API versions."""
