"""Configuration files and environment to frozen settings, and the plan that leads from old settings to new ones."""
