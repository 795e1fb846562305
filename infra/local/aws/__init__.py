"""The AWS endpoint of the laptop: an HTTP front that dispatches straight to moto's service responses."""
