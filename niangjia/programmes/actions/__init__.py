"""Named writes of the engine, a module for each matter. Each runs in one transaction and leaves a trail."""
