"""What a function that works on memory may touch."""

from orchestrator.spec import table, vectors

ACCESS = (
    table("memory", "GetItem", "PutItem", "UpdateItem", "DeleteItem"),
    # A query that filters or returns metadata needs GetVectors as well.
    vectors("memory", "PutVectors", "QueryVectors", "GetVectors", "DeleteVectors"),
)
