# tests/chan/, tests/poll/, tests/sched/check_time.c: what blocks and wakes
chan_suites = tests/chan/check_chan tests/chan/check_select \
	tests/poll/check_netpoll tests/sched/check_stall \
	tests/sched/check_time
check_PROGRAMS += $(chan_suites)
TESTS += $(chan_suites)

tests_chan_check_chan_SOURCES = tests/chan/check_chan.c tests/chan/booted.h \
	tests/chan/last_words.h
tests_chan_check_chan_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests \
	$(CHECK_CFLAGS)
tests_chan_check_chan_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_chan_check_chan_LDFLAGS = $(GORT_LINK)
tests_chan_check_select_SOURCES = tests/chan/check_select.c \
	tests/chan/booted.h
tests_chan_check_select_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_chan_check_select_LDADD = $(GORT_LIBS) $(CHECK_LIBS) -lm
tests_chan_check_select_LDFLAGS = $(GORT_LINK)
tests_poll_check_netpoll_SOURCES = tests/poll/check_netpoll.c tests/chan/booted.h
tests_poll_check_netpoll_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_poll_check_netpoll_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_poll_check_netpoll_LDFLAGS = $(GORT_LINK)
tests_sched_check_stall_SOURCES = tests/sched/check_stall.c tests/chan/booted.h
tests_sched_check_stall_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_sched_check_stall_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_sched_check_stall_LDFLAGS = $(GORT_LINK)
tests_sched_check_time_SOURCES = tests/sched/check_time.c tests/chan/booted.h
tests_sched_check_time_CPPFLAGS = $(tests_chan_check_chan_CPPFLAGS)
tests_sched_check_time_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_sched_check_time_LDFLAGS = $(GORT_LINK)
