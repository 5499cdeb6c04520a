/*
 * check_inst_fsm.c - every square of the life of an instance.
 *
 * The table in the test is written from the promises to people (what stop,
 * kill, restart and a policy mean), not copied from the code: a row that is
 * lost in one of the two is seen.
 */
#include <check.h>
#include <stdlib.h>

#include "daemon/inst_fsm.h"
#include "tests/suite.h"

#define KEEP(s) { s, ACT_IGNORE }

/* clang-format off */
static const struct inst_step want[INST_N][EV_N] = {
	/*                START                        READY                    STOP                         KILL                         RESTART                      EXIT                         AGAIN                        DUE */
	[INST_DOWN]     = { { INST_STARTING, ACT_SPAWN }, KEEP(INST_DOWN),         KEEP(INST_DOWN),             KEEP(INST_DOWN),             { INST_STARTING, ACT_SPAWN }, KEEP(INST_DOWN),             KEEP(INST_DOWN),             KEEP(INST_DOWN) },
	[INST_STARTING] = { KEEP(INST_STARTING),          { INST_UP, ACT_NONE },   { INST_STOPPING, ACT_TERM }, { INST_STOPPING, ACT_KILL }, { INST_CYCLING, ACT_TERM },  { INST_DOWN, ACT_REST },     { INST_BACKOFF, ACT_WAIT },  { INST_STARTING, ACT_KILL } },
	[INST_UP]       = { KEEP(INST_UP),                KEEP(INST_UP),           { INST_STOPPING, ACT_TERM }, { INST_STOPPING, ACT_KILL }, { INST_CYCLING, ACT_TERM },  { INST_DOWN, ACT_REST },     { INST_BACKOFF, ACT_WAIT },  KEEP(INST_UP) },
	[INST_STOPPING] = { { INST_CYCLING, ACT_NONE },   KEEP(INST_STOPPING),     KEEP(INST_STOPPING),         { INST_STOPPING, ACT_KILL }, { INST_CYCLING, ACT_NONE },  { INST_DOWN, ACT_REST },     { INST_DOWN, ACT_REST },     { INST_STOPPING, ACT_KILL } },
	[INST_CYCLING]  = { KEEP(INST_CYCLING),           KEEP(INST_CYCLING),      { INST_STOPPING, ACT_NONE }, { INST_STOPPING, ACT_KILL }, KEEP(INST_CYCLING),          { INST_STARTING, ACT_SPAWN }, { INST_STARTING, ACT_SPAWN }, { INST_CYCLING, ACT_KILL } },
	[INST_BACKOFF]  = { { INST_STARTING, ACT_SPAWN }, KEEP(INST_BACKOFF),      { INST_DOWN, ACT_REST },     { INST_DOWN, ACT_REST },     { INST_STARTING, ACT_SPAWN }, KEEP(INST_BACKOFF),          KEEP(INST_BACKOFF),          { INST_STARTING, ACT_SPAWN } },
};
/* clang-format on */

START_TEST(square)
{
	int s = _i / EV_N, ev = _i % EV_N;
	struct inst_step st = inst_fsm(s, ev);

	ck_assert_msg(st.next == want[s][ev].next && st.act == want[s][ev].act,
	    "%s + event %d gives %s, action %d", inst_state_name(s), ev,
	    inst_state_name(st.next), st.act);
}
END_TEST

START_TEST(stop_then_end_rests) /* _i runs over the states */
{
	enum inst_state s = inst_fsm(_i, EV_STOP).next;

	ck_assert_int_eq(inst_fsm(s, EV_EXIT).next, INST_DOWN);
	/* and no policy brings it back */
	ck_assert_int_eq(inst_fsm(s, EV_AGAIN).next,
	    s == INST_STARTING || s == INST_UP ? INST_BACKOFF : INST_DOWN);
}
END_TEST

START_TEST(kill_never_restarts)
{
	enum inst_state s = inst_fsm(_i, EV_KILL).next;

	ck_assert_int_ne(inst_fsm(s, EV_AGAIN).act, ACT_SPAWN);
	ck_assert_int_ne(inst_fsm(s, EV_AGAIN).act, ACT_WAIT);
}
END_TEST

START_TEST(names_go_both_ways)
{
	ck_assert_int_eq(inst_state_of(inst_state_name(_i)), _i);
	ck_assert_int_eq(inst_state_of("nonsense"), INST_N);
	ck_assert_int_eq(inst_state_of(NULL), INST_N);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("inst_fsm");
	TCase *tc = tcase_create("table");

	tcase_add_loop_test(tc, square, 0, INST_N * EV_N);
	tcase_add_loop_test(tc, stop_then_end_rests, 0, INST_N);
	tcase_add_loop_test(tc, kill_never_restarts, 0, INST_N);
	tcase_add_loop_test(tc, names_go_both_ways, 0, INST_N);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
