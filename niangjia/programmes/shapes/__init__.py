"""Shapes several catalogue entries share: what is common to a kind of programme, so that an entry says what is its own."""
