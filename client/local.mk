# client/: what is built here
