"""What calls functions besides HTTP: queues, schedules, and executions that ended before their time."""
