# tests/fault, tests/diag, tests/ipc and the programs that must die
check_PROGRAMS += tests/prog/die
tests_prog_die_SOURCES = tests/prog/die.c tests/prog/die_inside.c
# Never instrumented: it does on purpose what sanitizers report.
tests_prog_die_CFLAGS = $(WARN_CFLAGS) -g -O2 -fno-omit-frame-pointer
tests_prog_die_LDADD = $(GORT_LIBS)
tests_prog_die_LDFLAGS = $(GORT_LINK)
TESTS += tests/prog/run.sh tests/fault/names.sh
dist_check_SCRIPTS += tests/prog/run.sh tests/fault/names.sh

noinst_HEADERS += tests/fault/bodies.h
IPC_CHECKS = tests/ipc/check_ring tests/ipc/check_channel
FAULT_CHECKS = tests/fault/check_print tests/fault/check_panic \
	tests/fault/check_defer \
	tests/fault/check_symtab \
	tests/diag/check_gctrace tests/diag/check_control
check_PROGRAMS += $(IPC_CHECKS) $(FAULT_CHECKS)
TESTS += $(IPC_CHECKS) $(FAULT_CHECKS)
FAULT_CHECK_LDADD = $(GORT_LIBS) $(CHECK_LIBS)

tests_ipc_check_ring_SOURCES = tests/ipc/check_ring.c
tests_ipc_check_ring_LDADD = libipc.la $(CHECK_LIBS)
tests_ipc_check_channel_SOURCES = tests/ipc/check_channel.c
tests_ipc_check_channel_LDADD = libipc.la $(CHECK_LIBS)
tests_fault_check_print_SOURCES = tests/fault/check_print.c
tests_fault_check_print_LDADD = $(FAULT_CHECK_LDADD)
tests_fault_check_print_LDFLAGS = $(GORT_LINK)
tests_fault_check_panic_SOURCES = tests/fault/check_panic.c
tests_fault_check_panic_LDADD = $(FAULT_CHECK_LDADD)
tests_fault_check_panic_LDFLAGS = $(GORT_LINK)
tests_fault_check_defer_SOURCES = tests/fault/check_defer.c
tests_fault_check_defer_LDADD = $(FAULT_CHECK_LDADD)
tests_fault_check_defer_LDFLAGS = $(GORT_LINK)
tests_fault_check_symtab_SOURCES = tests/fault/check_symtab.c
tests_fault_check_symtab_LDADD = $(FAULT_CHECK_LDADD)
tests_fault_check_symtab_LDFLAGS = $(GORT_LINK)
tests_diag_check_gctrace_SOURCES = tests/diag/check_gctrace.c
tests_diag_check_gctrace_LDADD = $(FAULT_CHECK_LDADD)
tests_diag_check_gctrace_LDFLAGS = $(GORT_LINK)
tests_diag_check_control_SOURCES = tests/diag/check_control.c
tests_diag_check_control_LDADD = $(FAULT_CHECK_LDADD)
tests_diag_check_control_LDFLAGS = $(GORT_LINK)

# unwinding and symbols
UNWIND_CHECKS = tests/fault/check_unwind tests/fault/check_lines
check_PROGRAMS += $(UNWIND_CHECKS)
TESTS += $(UNWIND_CHECKS)
tests_fault_check_unwind_SOURCES = tests/fault/check_unwind.c
tests_fault_check_unwind_LDADD = $(FAULT_CHECK_LDADD)
tests_fault_check_unwind_LDFLAGS = $(GORT_LINK)
tests_fault_check_lines_SOURCES = tests/fault/check_lines.c
tests_fault_check_lines_LDADD = $(FAULT_CHECK_LDADD)
tests_fault_check_lines_LDFLAGS = $(GORT_LINK)
