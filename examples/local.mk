# examples/: what is built here
