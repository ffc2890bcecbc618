"""Documents that write themselves from records."""
