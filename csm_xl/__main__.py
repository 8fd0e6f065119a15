"""``python -m csm_xl`` is the command line."""

from csm_xl.cli import main

main()
