"""A live meeting of five hundred seats under measurement (`make bench-live`).

Rules: server, broker and database are the product's own programs with the production configuration; seats speak the
real wire protocol with keys and certificates of their own, each over its own TLS connection by the seat's own link, but
keep no state beyond the newest number: a real seat has a processor of its own for that.
"""
