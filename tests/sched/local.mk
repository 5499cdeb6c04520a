# tests/sched, tests/lock: goroutines, threads, Ps; locks and semaphores
SCHED_CHECKS = tests/sched/check_runq tests/sched/check_fresh \
	tests/sched/check_yield \
	tests/sched/check_proc \
	tests/sched/check_world tests/sched/check_threads \
	tests/sched/check_deadlock tests/sched/check_stack \
	tests/sched/check_preempt tests/sched/check_handoff \
	tests/sched/check_container \
	tests/lock/check_lock tests/lock/check_sema
check_PROGRAMS += $(SCHED_CHECKS)
TESTS += $(SCHED_CHECKS)
noinst_HEADERS += tests/sched/sched_test.h tests/sched/thieves.h
SCHED_CHECK_LDADD = $(GORT_LIBS) $(CHECK_LIBS)

tests_sched_check_runq_SOURCES = tests/sched/check_runq.c
tests_sched_check_runq_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_runq_LDFLAGS = $(GORT_LINK)
tests_sched_check_yield_SOURCES = tests/sched/check_yield.c
tests_sched_check_yield_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_yield_LDFLAGS = $(GORT_LINK)
tests_sched_check_fresh_SOURCES = tests/sched/check_fresh.c
tests_sched_check_fresh_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_fresh_LDFLAGS = $(GORT_LINK)
tests_sched_check_proc_SOURCES = tests/sched/check_proc.c
tests_sched_check_proc_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_proc_LDFLAGS = $(GORT_LINK)
tests_sched_check_world_SOURCES = tests/sched/check_world.c
tests_sched_check_world_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_world_LDFLAGS = $(GORT_LINK)
tests_sched_check_threads_SOURCES = tests/sched/check_threads.c
tests_sched_check_threads_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_threads_LDFLAGS = $(GORT_LINK)
tests_sched_check_deadlock_SOURCES = tests/sched/check_deadlock.c
tests_sched_check_deadlock_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_deadlock_LDFLAGS = $(GORT_LINK)
tests_sched_check_stack_SOURCES = tests/sched/check_stack.c
tests_sched_check_stack_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_stack_LDFLAGS = $(GORT_LINK)
tests_sched_check_preempt_SOURCES = tests/sched/check_preempt.c \
	tests/sched/preempt_bodies.c tests/sched/preempt_bodies.h
tests_sched_check_preempt_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_preempt_LDFLAGS = $(GORT_LINK)
tests_sched_check_handoff_SOURCES = tests/sched/check_handoff.c
tests_sched_check_handoff_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_handoff_LDFLAGS = $(GORT_LINK)
tests_sched_check_container_SOURCES = tests/sched/check_container.c
tests_sched_check_container_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_container_LDFLAGS = $(GORT_LINK)
tests_lock_check_lock_SOURCES = tests/lock/check_lock.c
tests_lock_check_lock_LDADD = $(SCHED_CHECK_LDADD)
tests_lock_check_lock_LDFLAGS = $(GORT_LINK)
tests_lock_check_sema_SOURCES = tests/lock/check_sema.c
tests_lock_check_sema_LDADD = $(SCHED_CHECK_LDADD)
tests_lock_check_sema_LDFLAGS = $(GORT_LINK)

# Its functions check their stacks as compiled Go's do.
if !SANITIZED
check_PROGRAMS += tests/sched/check_segment
TESTS += tests/sched/check_segment
tests_sched_check_segment_SOURCES = tests/sched/check_segment.c \
	runtime/arch/morestack_amd64.S
tests_sched_check_segment_CFLAGS = $(AM_CFLAGS) -fsplit-stack
tests_sched_check_segment_LDADD = $(SCHED_CHECK_LDADD)
tests_sched_check_segment_LDFLAGS = $(GORT_LINK) -Wl,--wrap=pthread_create
endif
