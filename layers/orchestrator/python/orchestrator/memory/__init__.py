"""Memory: texts kept per tenant and user, found again by meaning and by word; superseded, never overwritten."""
