"""The edge: where an AWS event becomes a call of the product and its outcome becomes an answer."""
