"""``python -m core.cli`` is ``pmp``."""

from core.cli.main import main

main()
