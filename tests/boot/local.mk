# tests/boot, tests/os, tests/types: the bootstrap and what it stands on
BOOT_CHECKS = tests/boot/check_bootlog tests/boot/check_check \
	tests/boot/check_packages tests/boot/check_programs \
	tests/boot/check_runtime1 \
	tests/os/check_cgroup tests/os/check_fork tests/os/check_mem \
	tests/os/check_signal \
	tests/types/check_alg tests/types/check_iface
check_PROGRAMS += $(BOOT_CHECKS)
TESTS += $(BOOT_CHECKS)
BOOT_CHECK_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
AM_CPPFLAGS += $(CHECK_CFLAGS)

tests_boot_check_bootlog_SOURCES = tests/boot/check_bootlog.c
tests_boot_check_bootlog_LDADD = $(BOOT_CHECK_LDADD)
tests_boot_check_bootlog_LDFLAGS = $(GORT_LINK)
tests_boot_check_check_SOURCES = tests/boot/check_check.c
tests_boot_check_check_LDADD = $(BOOT_CHECK_LDADD)
tests_boot_check_check_LDFLAGS = $(GORT_LINK)
tests_boot_check_packages_SOURCES = tests/boot/check_packages.c
tests_boot_check_packages_LDADD = $(BOOT_CHECK_LDADD)
tests_boot_check_packages_LDFLAGS = $(GORT_LINK)
tests_boot_check_programs_SOURCES = tests/boot/check_programs.c
tests_boot_check_programs_LDADD = libipc.la $(CHECK_LIBS)
tests_boot_check_runtime1_SOURCES = tests/boot/check_runtime1.c
tests_boot_check_runtime1_LDADD = $(BOOT_CHECK_LDADD)
tests_boot_check_runtime1_LDFLAGS = $(GORT_LINK)
tests_os_check_cgroup_SOURCES = tests/os/check_cgroup.c
tests_os_check_cgroup_LDADD = $(BOOT_CHECK_LDADD)
tests_os_check_cgroup_LDFLAGS = $(GORT_LINK)
tests_os_check_mem_SOURCES = tests/os/check_mem.c
tests_os_check_mem_LDADD = $(BOOT_CHECK_LDADD)
tests_os_check_mem_LDFLAGS = $(GORT_LINK)
tests_os_check_fork_SOURCES = tests/os/check_fork.c
tests_os_check_fork_LDADD = $(BOOT_CHECK_LDADD)
tests_os_check_fork_LDFLAGS = $(GORT_LINK)
tests_os_check_signal_SOURCES = tests/os/check_signal.c
tests_os_check_signal_LDADD = $(BOOT_CHECK_LDADD)
tests_os_check_signal_LDFLAGS = $(GORT_LINK)
tests_types_check_alg_SOURCES = tests/types/check_alg.c
tests_types_check_alg_LDADD = $(BOOT_CHECK_LDADD)
tests_types_check_alg_LDFLAGS = $(GORT_LINK)
# maps
check_PROGRAMS += tests/types/check_map
TESTS += tests/types/check_map
tests_types_check_map_SOURCES = tests/types/check_map.c tests/chan/booted.h
tests_types_check_map_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests \
	$(CHECK_CFLAGS)
tests_types_check_map_LDADD = $(GORT_LIBS) $(CHECK_LIBS)
tests_types_check_map_LDFLAGS = $(GORT_LINK)
tests_types_check_iface_SOURCES = tests/types/check_iface.c
tests_types_check_iface_LDADD = $(BOOT_CHECK_LDADD)
tests_types_check_iface_LDFLAGS = $(GORT_LINK)

# programs that check_programs runs
BOOT_PROGS = tests/prog/boot_hello tests/prog/boot_packages \
	tests/prog/boot_cycle tests/prog/boot_nomain tests/prog/guest
check_PROGRAMS += $(BOOT_PROGS)
tests_prog_guest_SOURCES = tests/prog/guest.c
tests_prog_guest_LDADD = $(GORT_PROG_LIBS)
tests_prog_guest_LDFLAGS = $(GORT_PROG_LINK)
tests_prog_boot_hello_SOURCES = tests/prog/boot_hello.c
tests_prog_boot_hello_LDADD = $(GORT_PROG_LIBS)
tests_prog_boot_hello_LDFLAGS = $(GORT_PROG_LINK)
tests_prog_boot_packages_SOURCES = tests/prog/boot_packages.c
tests_prog_boot_packages_LDADD = $(GORT_PROG_LIBS)
tests_prog_boot_packages_LDFLAGS = $(GORT_PROG_LINK)
tests_prog_boot_cycle_SOURCES = tests/prog/boot_cycle.c
tests_prog_boot_cycle_LDADD = $(GORT_PROG_LIBS)
tests_prog_boot_cycle_LDFLAGS = $(GORT_PROG_LINK)
tests_prog_boot_nomain_SOURCES = tests/prog/boot_nomain.c
tests_prog_boot_nomain_LDADD = $(GORT_PROG_LIBS)
tests_prog_boot_nomain_LDFLAGS = $(GORT_PROG_LINK)

TESTS += tests/boot/install.sh
dist_check_SCRIPTS += tests/boot/install.sh
