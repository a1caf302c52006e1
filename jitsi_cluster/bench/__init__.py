"""Measurements of the video cluster; each module is a command, results go to standard output."""
