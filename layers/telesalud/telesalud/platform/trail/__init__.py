"""Checking an audit trail from the browser: asked for by an auditor, done in the background.

The check follows the chain link by link, so its memory and its steps are small however long the
trail is. An entry that never got a link is in none of them; `telesalud audit verify`, which reads
the whole table, finds that too (`telesalud.platform.trail.verifying`).
"""
