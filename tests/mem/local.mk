# tests/mem, tests/gc: the allocator and the collector
HEAP_CHECKS = tests/mem/check_sizeclass tests/mem/check_mpagealloc \
	tests/mem/check_malloc tests/gc/check_mgcpacer tests/gc/check_mgc \
	tests/gc/check_mgctypes tests/types/check_slice \
	tests/types/check_string
check_PROGRAMS += $(HEAP_CHECKS)
TESTS += $(HEAP_CHECKS)
noinst_HEADERS += tests/mem/heap_test.h
TESTS += tests/mem/hitpath.sh
EXTRA_DIST += tests/mem/hitpath.sh
HEAP_CHECK_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS) \
	-DTEST_SRCDIR='"$(abs_top_srcdir)"' \
	-DTEST_BUILDDIR='"$(abs_top_builddir)"'
HEAP_CHECK_LDADD = $(GORT_LIBS) $(CHECK_LIBS)

tests_mem_check_sizeclass_SOURCES = tests/mem/check_sizeclass.c
tests_mem_check_sizeclass_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_mem_check_sizeclass_LDADD = $(HEAP_CHECK_LDADD)
tests_mem_check_sizeclass_LDFLAGS = $(GORT_LINK)
tests_mem_check_mpagealloc_SOURCES = tests/mem/check_mpagealloc.c
tests_mem_check_mpagealloc_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_mem_check_mpagealloc_LDADD = $(HEAP_CHECK_LDADD)
tests_mem_check_mpagealloc_LDFLAGS = $(GORT_LINK)
tests_mem_check_malloc_SOURCES = tests/mem/check_malloc.c
tests_mem_check_malloc_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_mem_check_malloc_LDADD = $(HEAP_CHECK_LDADD)
tests_mem_check_malloc_LDFLAGS = $(GORT_LINK)
tests_gc_check_mgcpacer_SOURCES = tests/gc/check_mgcpacer.c
tests_gc_check_mgcpacer_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_mgcpacer_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_mgcpacer_LDFLAGS = $(GORT_LINK)
tests_gc_check_mgc_SOURCES = tests/gc/check_mgc.c
tests_gc_check_mgc_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_mgc_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_mgc_LDFLAGS = $(GORT_LINK)
tests_gc_check_mgctypes_SOURCES = tests/gc/check_mgctypes.c
tests_gc_check_mgctypes_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_mgctypes_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_mgctypes_LDFLAGS = $(GORT_LINK)
tests_types_check_slice_SOURCES = tests/types/check_slice.c
tests_types_check_slice_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_types_check_slice_LDADD = $(HEAP_CHECK_LDADD)
tests_types_check_slice_LDFLAGS = $(GORT_LINK)
tests_types_check_string_SOURCES = tests/types/check_string.c
tests_types_check_string_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_types_check_string_LDADD = $(HEAP_CHECK_LDADD)
tests_types_check_string_LDFLAGS = $(GORT_LINK)

check_PROGRAMS += tests/gc/check_mbarrier
TESTS += tests/gc/check_mbarrier
tests_gc_check_mbarrier_SOURCES = tests/gc/check_mbarrier.c \
	runtime/arch/barrier_amd64.S
tests_gc_check_mbarrier_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_mbarrier_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_mbarrier_LDFLAGS = $(GORT_LINK)

check_PROGRAMS += tests/gc/check_beside
TESTS += tests/gc/check_beside
tests_gc_check_beside_SOURCES = tests/gc/check_beside.c
tests_gc_check_beside_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_beside_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_beside_LDFLAGS = $(GORT_LINK)

check_PROGRAMS += tests/gc/check_leak
TESTS += tests/gc/check_leak
tests_gc_check_leak_SOURCES = tests/gc/check_leak.c
tests_gc_check_leak_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_leak_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_leak_LDFLAGS = $(GORT_LINK)

check_PROGRAMS += tests/gc/check_weak
TESTS += tests/gc/check_weak
tests_gc_check_weak_SOURCES = tests/gc/check_weak.c
tests_gc_check_weak_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_weak_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_weak_LDFLAGS = $(GORT_LINK)

check_PROGRAMS += tests/gc/check_mgccpulimit
TESTS += tests/gc/check_mgccpulimit
tests_gc_check_mgccpulimit_SOURCES = tests/gc/check_mgccpulimit.c
tests_gc_check_mgccpulimit_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_gc_check_mgccpulimit_LDADD = $(HEAP_CHECK_LDADD)
tests_gc_check_mgccpulimit_LDFLAGS = $(GORT_LINK)

check_PROGRAMS += tests/mem/check_mdebug
TESTS += tests/mem/check_mdebug
tests_mem_check_mdebug_SOURCES = tests/mem/check_mdebug.c \
	tests/chan/last_words.h
tests_mem_check_mdebug_CPPFLAGS = $(HEAP_CHECK_CPPFLAGS)
tests_mem_check_mdebug_LDADD = $(HEAP_CHECK_LDADD)
tests_mem_check_mdebug_LDFLAGS = $(GORT_LINK)
