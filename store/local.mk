# store/: what is built here
