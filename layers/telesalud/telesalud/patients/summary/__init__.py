"""The chart's first screen, kept up with every change."""
