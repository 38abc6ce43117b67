"""What a seat keeps on its disk: keys sealed under the store key, papers as the ciphertext that came.

Rules: the store key is in memory and in a file of ``run_dir`` (a tmpfs), never on the disk; nothing readable is on the
disk without it; every write that something depends on is durable before anybody is told.

Usage: ``vault = Vault(RealDisk(path))``, then ``vault.open(store_key)``.
"""
