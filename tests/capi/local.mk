# tests/capi/: gort.h as its users see it
capi_suites = tests/capi/check_sync tests/capi/check_timer
check_PROGRAMS += $(capi_suites)
TESTS += $(capi_suites)

tests_capi_check_sync_SOURCES = tests/capi/check_sync.c tests/chan/booted.h
tests_capi_check_sync_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_sync_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_sync_LDFLAGS = $(GORT_LDFLAGS)
tests_capi_check_timer_SOURCES = tests/capi/check_timer.c tests/chan/booted.h
tests_capi_check_timer_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_capi_check_timer_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_capi_check_timer_LDFLAGS = $(GORT_LDFLAGS)
