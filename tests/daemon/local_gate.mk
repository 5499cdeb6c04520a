# tests/daemon/: metrics and HTTP, with the links played by the test
check_PROGRAMS += tests/daemon/check_metrics tests/daemon/check_http
TESTS += tests/daemon/check_metrics tests/daemon/check_http
tests_daemon_check_metrics_SOURCES = tests/daemon/check_metrics.c
tests_daemon_check_metrics_CPPFLAGS = $(libgortd_a_CPPFLAGS) $(CHECK_CFLAGS)
tests_daemon_check_metrics_LDADD = libgortd.a $(JANSSON_LIBS) $(CHECK_LIBS)
tests_daemon_check_http_SOURCES = tests/daemon/check_http.c
tests_daemon_check_http_CPPFLAGS = $(libgortd_a_CPPFLAGS) $(CHECK_CFLAGS)
tests_daemon_check_http_LDADD = libgortd.a libstore.la libipc_rpc.a \
	libipc.la $(EVENT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(CHECK_LIBS) \
	-levent_pthreads -lpthread
# units and HTTP end to end
TESTS += tests/e2e/http.sh tests/e2e/systemd.sh
EXTRA_DIST += tests/e2e/http.sh tests/e2e/systemd.sh tests/e2e/with-systemd.sh
