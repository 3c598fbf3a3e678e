"""`python -m facilita.cli` es lo mismo que `facilita`."""

from facilita.cli import main

main()
