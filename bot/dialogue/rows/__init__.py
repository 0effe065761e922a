"""Kinds of question that a few of their words decide: one row each, one table a subject. Pure."""
