# ipc/: what is built here
