"""Memory: texts kept per tenant and user, found by meaning and by word; superseded, never overwritten."""
