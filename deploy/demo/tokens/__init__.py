"""USB tokens of the demonstration: an authority of its own, cards in software, a panel that plugs them in and out.

Rules: a development part, like ``deploy/softtoken``: keys lie in the demo's folder and the PIN is printed. It is never
installed on a terminal. Where the readers cannot be made (parts missing), the demo runs with passwords.

Usage: `stand = Stand.open(folder, bank_folder, seats=3)`; `enrol(room, stand)`; `with Panel(stand, …): …`.
"""
