# tests/client/: what gortctl prints and understands, without a gortd
check_PROGRAMS += tests/client/check_client
TESTS += tests/client/check_client
tests_client_check_client_SOURCES = \
	tests/client/check_client.c tests/client/check_client.h \
	tests/client/check_conn.c \
	tests/client/check_elfinfo.c \
	tests/client/check_gofmt.c \
	tests/client/check_options.c \
	tests/client/check_print.c \
	tests/client/check_spec.c
tests_client_check_client_CPPFLAGS = $(libgortctl_a_CPPFLAGS) $(CHECK_CFLAGS)
EXTRA_DIST += docs/methods.md
tests_client_check_client_LDADD = $(LIBS_GORTCTL) $(CHECK_LIBS)
