"""What the two sides leave behind: notes, chat, files, and their export."""
