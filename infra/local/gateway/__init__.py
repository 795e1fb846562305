"""The HTTP API of the template: routes, authorizer, payload format 2.0, CORS."""
