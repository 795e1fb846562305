"""The infrastructure: function folders become one stack."""
