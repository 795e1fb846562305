"""Step Functions: an interpreter of the Amazon States Language (JSONPath) that runs in the event loop.

Sources: the "Amazon States Language" specification (states-language.net/spec.html) and the AWS Step Functions
developer guide. A definition that uses what is not here is refused when it is deployed, not when it runs.
"""
