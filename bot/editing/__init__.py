"""Changing the knowledge safely: drafts, reviews, versions, edits of YAML that touch nothing else, spreadsheets."""
