# daemon/: what is built here
