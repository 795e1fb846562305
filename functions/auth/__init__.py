"""Who is calling: the authorizers API Gateway asks."""
