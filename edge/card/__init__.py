"""The USB token at this machine: readers, cards, certificates, PIN and signatures (docs/adr/0009-tokens.md).

Layers, each over the one before: ``pcsc`` (the only file that imports pyscard) → ``apdu`` → ``piv`` → ``token``;
``pkcs11`` is the other way in, for vendors' modules. ``monitor`` tells what goes in and out of the readers.
"""
