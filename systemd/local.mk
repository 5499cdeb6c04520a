# systemd/: what is built here
