"""One port for text, structured output, streams and embeddings; the models we know; an offline embedder."""
