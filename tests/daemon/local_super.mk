# tests/daemon/: the keeper's and the supervisor's
SUPER_TESTS = check_inst_fsm check_backoff check_state check_config \
	check_control check_held
check_PROGRAMS += $(SUPER_TESTS)
TESTS += $(SUPER_TESTS) tests/e2e/adopt.sh tests/e2e/output.sh tests/e2e/spawnfaults.sh
EXTRA_DIST += tests/e2e/adopt.sh tests/e2e/output.sh tests/e2e/spawnfaults.sh
SUPER_TEST_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
SUPER_TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(EVENT_CFLAGS) \
	$(JANSSON_CFLAGS)
SUPER_TEST_LDADD = libgortd.a libgort_systemd.a libstore.la libipc_rpc.a \
	libipc.la $(EVENT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(SYSTEMD_LIBS) \
	$(CHECK_LIBS) -lelf

check_inst_fsm_SOURCES = tests/daemon/check_inst_fsm.c
check_inst_fsm_CPPFLAGS = $(SUPER_TEST_CPPFLAGS)
check_inst_fsm_CFLAGS = $(SUPER_TEST_CFLAGS)
check_inst_fsm_LDADD = $(SUPER_TEST_LDADD)
check_backoff_SOURCES = tests/daemon/check_backoff.c
check_backoff_CPPFLAGS = $(SUPER_TEST_CPPFLAGS)
check_backoff_CFLAGS = $(SUPER_TEST_CFLAGS)
check_backoff_LDADD = $(SUPER_TEST_LDADD)
check_state_SOURCES = tests/daemon/check_state.c
check_state_CPPFLAGS = $(SUPER_TEST_CPPFLAGS)
check_state_CFLAGS = $(SUPER_TEST_CFLAGS)
check_state_LDADD = $(SUPER_TEST_LDADD)
check_config_SOURCES = tests/daemon/check_config.c
check_config_CPPFLAGS = $(SUPER_TEST_CPPFLAGS)
check_config_CFLAGS = $(SUPER_TEST_CFLAGS)
check_config_LDADD = $(SUPER_TEST_LDADD)
check_control_SOURCES = tests/daemon/check_control.c
check_control_CPPFLAGS = $(SUPER_TEST_CPPFLAGS)
check_control_CFLAGS = $(SUPER_TEST_CFLAGS)
check_control_LDADD = $(SUPER_TEST_LDADD)
check_held_SOURCES = tests/daemon/check_held.c
check_held_CPPFLAGS = $(SUPER_TEST_CPPFLAGS)
check_held_CFLAGS = $(SUPER_TEST_CFLAGS)
check_held_LDADD = $(SUPER_TEST_LDADD)
