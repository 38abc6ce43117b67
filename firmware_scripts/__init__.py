"""What makes a seat out of a bare computer: the image, what is written into it for one house, and its updates.

Rules: one job a file, no rules of the product in any of them; what goes into an image stands in ``recipe/``, not in
code. Nothing is fetched but Debian packages from the machine's mirror and Python packages named in ``uv.lock``. The
same base and the same checkout give the same bytes (docs/adr/0052-image.md).

Usage: ``make image``, or ``python -m firmware_scripts.image amd64``
"""
