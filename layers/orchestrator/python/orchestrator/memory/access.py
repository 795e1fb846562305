"""What a function that works on memory may do: actions on the table `memory` and on its vector index."""

ITEMS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
# A query that filters or returns metadata needs GetVectors as well.
VECTORS = ("PutVectors", "QueryVectors", "GetVectors", "DeleteVectors")
