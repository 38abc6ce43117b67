"""Five hundred terminals on IT's page under measurement (`make bench-terminals`).

Rules: server, broker, database and page are the product's own; terminals are those of ``tests.bench.live``, each with
its certificate and its own TLS connection, telling how it is every fifteen seconds as a terminal does.
"""
