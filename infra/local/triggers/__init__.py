"""What calls functions besides HTTP: queues and schedules."""
