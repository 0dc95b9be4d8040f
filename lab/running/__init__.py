"""Run a plan: build cells, save, load, and hand every observation to the store."""
