"""New images for terminals: taken from IT, judged, rolled out seat by seat, stopped where one does not get well.

Rules: nothing is sent to a room that meets or will within the hour; at most a quarter of a room's terminals work on
theirs at one time; the first that falls back stops the whole. What a bundle is and who made it is read from its own
signature, by the server and again by each seat (docs/adr/0058).

Usage: ``releases.take(stream, …)``, ``rollouts.begin(command, wanted)``, ``rollouts.go_on(now=now)``.
"""
