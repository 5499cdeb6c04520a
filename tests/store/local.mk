# tests/store/: the database
STORE_TESTS = check_store check_read check_retention
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)
STORE_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/store
STORE_TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
STORE_TEST_LDADD = libstore.la $(CHECK_LIBS) $(SQLITE_LIBS)

check_store_SOURCES = tests/store/check_store.c tests/store/store_test.h
check_store_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
check_store_CFLAGS = $(STORE_TEST_CFLAGS)
check_store_LDADD = $(STORE_TEST_LDADD)

check_read_SOURCES = tests/store/check_read.c tests/store/store_test.h
check_read_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
check_read_CFLAGS = $(STORE_TEST_CFLAGS)
check_read_LDADD = $(STORE_TEST_LDADD)

check_retention_SOURCES = tests/store/check_retention.c \
	tests/store/store_test.h
check_retention_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
check_retention_CFLAGS = $(STORE_TEST_CFLAGS)
check_retention_LDADD = $(STORE_TEST_LDADD)
