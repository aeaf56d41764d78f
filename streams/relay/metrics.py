"""What the relay and the live workers measure: the words of it, shared by both ends of the hub."""

# Seconds from the camera's part at the relay to the picture at the viewer; the last bucket is everything longer.
BUCKETS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2, 5)
