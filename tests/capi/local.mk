# tests/capi/: gort.h as its users see it
capi_suites = tests/capi/check_errors tests/capi/check_io tests/capi/check_memory \
	tests/capi/check_sync tests/capi/check_timer tests/capi/check_values
check_PROGRAMS += $(capi_suites)
TESTS += $(capi_suites) tests/capi/check_header.sh
EXTRA_DIST += tests/capi/check_header.sh

tests_capi_check_errors_SOURCES = tests/capi/check_errors.c tests/chan/booted.h
tests_capi_check_errors_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_errors_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_errors_LDFLAGS = $(GORT_LINK)
tests_capi_check_io_SOURCES = tests/capi/check_io.c tests/chan/booted.h
tests_capi_check_io_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_io_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_io_LDFLAGS = $(GORT_LINK)
tests_capi_check_memory_SOURCES = tests/capi/check_memory.c tests/chan/booted.h
tests_capi_check_memory_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_memory_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_memory_LDFLAGS = $(GORT_LINK)
tests_capi_check_sync_SOURCES = tests/capi/check_sync.c tests/chan/booted.h
tests_capi_check_sync_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_sync_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_sync_LDFLAGS = $(GORT_LINK)
tests_capi_check_timer_SOURCES = tests/capi/check_timer.c tests/chan/booted.h
tests_capi_check_timer_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_timer_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_timer_LDFLAGS = $(GORT_LINK)
tests_capi_check_values_SOURCES = tests/capi/check_values.c tests/chan/booted.h
tests_capi_check_values_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_values_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_values_LDFLAGS = $(GORT_LINK)
