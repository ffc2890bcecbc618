"""One file a claim. ``python -m benchmarks`` runs them all, ``python -m benchmarks excel_export`` one."""
