# runtime/: what is built here
