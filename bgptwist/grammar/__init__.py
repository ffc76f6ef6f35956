"""Words to statements and back: the language that configuration files and commands share."""
