# tests/daemon/: the recorder's
RECORDER_TESTS = check_recorder check_recorder_out check_recorder_sub
check_PROGRAMS += $(RECORDER_TESTS)
TESTS += $(RECORDER_TESTS)
RECORDER_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/daemon \
	-D_GNU_SOURCE
RECORDER_TEST_CFLAGS = $(AM_CFLAGS) -Wno-unused-function $(CHECK_CFLAGS) \
	$(EVENT_CFLAGS) $(JANSSON_CFLAGS)
RECORDER_TEST_LDADD = libgortd.a libipc.la libstore.la $(EVENT_LIBS) \
	$(JANSSON_LIBS) $(CHECK_LIBS)

check_recorder_SOURCES = tests/daemon/check_recorder.c \
	tests/daemon/recorder_test.h
check_recorder_CPPFLAGS = $(RECORDER_TEST_CPPFLAGS)
check_recorder_CFLAGS = $(RECORDER_TEST_CFLAGS)
check_recorder_LDADD = $(RECORDER_TEST_LDADD)

check_recorder_out_SOURCES = tests/daemon/check_recorder_out.c \
	tests/daemon/recorder_test.h
check_recorder_out_CPPFLAGS = $(RECORDER_TEST_CPPFLAGS)
check_recorder_out_CFLAGS = $(RECORDER_TEST_CFLAGS)
check_recorder_out_LDADD = $(RECORDER_TEST_LDADD)

check_recorder_sub_SOURCES = tests/daemon/check_recorder_sub.c \
	tests/daemon/recorder_test.h
check_recorder_sub_CPPFLAGS = $(RECORDER_TEST_CPPFLAGS)
check_recorder_sub_CFLAGS = $(RECORDER_TEST_CFLAGS)
check_recorder_sub_LDADD = $(RECORDER_TEST_LDADD)

# figures: make bench-recorder
EXTRA_PROGRAMS += bench_recorder
bench_recorder_SOURCES = tests/daemon/bench_recorder.c \
	tests/daemon/recorder_test.h
bench_recorder_CPPFLAGS = $(RECORDER_TEST_CPPFLAGS)
bench_recorder_CFLAGS = $(RECORDER_TEST_CFLAGS)
bench_recorder_LDADD = $(RECORDER_TEST_LDADD)
CLEANFILES += bench_recorder
EXTRA_DIST += docs/recorder.md
bench-recorder: bench_recorder
	./bench_recorder
.PHONY: bench-recorder
