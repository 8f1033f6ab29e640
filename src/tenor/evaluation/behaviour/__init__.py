"""Behaviour checks: what a model must do with texts that are made to ask one thing at a time."""
