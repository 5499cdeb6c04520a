# tests/chan/, tests/poll/, tests/sched/check_time.c: what blocks and wakes
chan_suites = tests/chan/check_chan tests/chan/check_select
check_PROGRAMS += $(chan_suites)
TESTS += $(chan_suites)

tests_chan_check_chan_SOURCES = tests/chan/check_chan.c tests/chan/booted.h
tests_chan_check_chan_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests \
	$(CHECK_CFLAGS)
tests_chan_check_chan_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_chan_check_chan_LDFLAGS = $(GORT_LDFLAGS)
tests_chan_check_select_SOURCES = tests/chan/check_select.c \
	tests/chan/booted.h
tests_chan_check_select_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_chan_check_select_LDADD = $(GORT_LIBS) $(CHECK_LIBS) -lm
tests_chan_check_select_LDFLAGS = $(GORT_LDFLAGS)
