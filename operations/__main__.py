"""`python -m operations`, where the script `telesalud` is not installed."""

from operations.command import main

main()
