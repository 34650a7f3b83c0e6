"""What the service costs: run as ``make bench``. Figures go to docs/performance with machine and date."""
