"""The language of control: lines to commands, events to lines, without input or output."""
