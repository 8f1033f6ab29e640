"""Tenor trains, compares, explains and serves recurrent text classifiers on an ordinary computer."""
