"""The touch page's HTTP side, on the loopback of the terminal: Flask routes, served by cheroot's threads.

Rules: a request reads the newest screen or puts work on the agent's queue; it never touches the seat itself.

Usage: `serve(create_page(…), port=8790)`.
"""
