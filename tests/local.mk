# tests/: what is built here
