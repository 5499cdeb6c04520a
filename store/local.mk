# store/: the history, and the only place that knows SQLite
noinst_LTLIBRARIES += libstore.la
libstore_la_SOURCES = store/store.c store/schema.c store/write.c \
	store/read.c store/retention.c store/store_impl.h store/store.h
libstore_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
libstore_la_LIBADD = $(SQLITE_LIBS)
