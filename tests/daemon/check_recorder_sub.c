/*
 * check_recorder_sub.c - the fan-out: live, history, both joined, slow ones.
 */
#include "recorder_test.h"

/* All items that came for a subscription, in order. */
static json_t *
items_of(const char *sub)
{
	json_t *all = json_array(), *v;
	size_t i;

	for (struct heard *h = T.first; h != NULL; h = h->next)
		if (strcmp(h->m, "live") == 0 && json_is_string(
		    json_object_get(h->msg, "sub")) && strcmp(sub,
		    json_string_value(json_object_get(h->msg, "sub"))) == 0)
			json_array_foreach(json_object_get(h->msg, "items"), i,
			    v)
				json_array_append(all, v);
	return all;
}

static size_t
nitems(const char *sub)
{
	json_t *all = items_of(sub);
	size_t n = json_array_size(all);

	json_decref(all);
	return n;
}

static int64_t
dropped(const char *sub)
{
	int64_t n = 0;

	for (struct heard *h = T.first; h != NULL; h = h->next)
		if (strcmp(h->m, "live") == 0 && strcmp(sub,
		    json_string_value(json_object_get(h->msg, "sub"))) == 0)
			n += json_integer_value(json_object_get(h->msg,
			    "dropped"));
	return n;
}

static bool
ended(const char *sub)
{
	for (struct heard *h = T.first; h != NULL; h = h->next)
		if (strcmp(h->m, "live") == 0 && strcmp(sub,
		    json_string_value(json_object_get(h->msg, "sub"))) == 0 &&
		    json_is_true(json_object_get(h->msg, "end")))
			return true;
	return false;
}

/* Lines seq from.. to, each once and in order, and nothing else. */
static void
check_lines(const char *sub, int from, int to)
{
	json_t *all = items_of(sub), *v;
	size_t i;

	ck_assert_int_eq((int)json_array_size(all), to - from + 1);
	json_array_foreach(all, i, v)
	{
		char want[32];

		snprintf(want, sizeof(want), "line %d", from + (int)i);
		ck_assert_str_eq(json_string_value(json_object_get(v, "line")),
		    want);
		ck_assert_int_eq(json_integer_value(json_object_get(v, "seq")),
		    from + (int)i);
		ck_assert_str_eq(json_string_value(json_object_get(v,
		    "stream")), "stdout");
		ck_assert(json_is_integer(json_object_get(v, "t_ns")));
	}
	json_decref(all);
}

static void
print_lines(struct t_run *r, int from, int to)
{
	char line[32];

	for (int i = from; i <= to; i++)
		t_print(r->out[1], line, (size_t)snprintf(line, sizeof(line),
		    "line %d\n", i));
}

static void
sub(const char *name, const char *what, json_t *since)
{
	t_send(json_pack("{s:s, s:s, s:s, s:s, s:i, s:o*}", "m", "sub", "sub",
	    name, "what", what, "instance", ID, "run", 1, "since", since));
}

/* Wait until the recorder has taken what was sent before. */
static void
barrier(void)
{
	int n = t_count("countersare", NULL, NULL);

	t_send(json_pack("{s:s, s:i}", "m", "counters", "rid", n));
	T_WAIT(t_count("countersare", NULL, NULL) > n);
}

START_TEST(history_and_live_are_one_stream)
{
	struct t_run r = t_run_new(ID, 1);

	t_start();
	sub("early", "log", NULL); /* before the run is attached */
	t_attach(&r);
	print_lines(&r, 1, 1500);
	T_WAIT(nitems("early") == 1500);
	sub("all", "log", json_integer(0));
	sub("new", "log", NULL);
	barrier();
	print_lines(&r, 1501, 3000);
	sub("late", "log", json_integer(0));
	print_lines(&r, 3001, 3500);
	T_WAIT(nitems("all") >= 3500 && nitems("late") >= 3500 &&
	    nitems("early") >= 3500 && nitems("new") >= 2000);
	t_end_run(&r);
	T_WAIT(ended("all") && ended("late") && ended("early") &&
	    ended("new"));
	check_lines("all", 1, 3500);
	check_lines("late", 1, 3500);
	check_lines("early", 1, 3500);
	check_lines("new", 1501, 3500);
	/* of a run that is over there is only history, and its end */
	t_send(json_pack("{s:s, s:i, s:s, s:{s:s, s:i, s:i}}", "m", "row",
	    "seq", 1, "table", "run", "row", "instance", ID, "run", 1,
	    "ended_ns", 5));
	T_WAIT(t_count("rowack", NULL, NULL) == 1);
	sub("after", "log", json_integer(0));
	T_WAIT(ended("after"));
	check_lines("after", 1, 3500);
	t_stop();
	t_run_free(&r);
}
END_TEST

START_TEST(records_and_events_go_live)
{
	struct t_run r = t_run_new(ID, 1);
	struct ipc_rec_boot boot = { 1, 0, t_mono(), -1, "check", "fine" };
	struct ipc_rec_sched sched = { .gomaxprocs = 2 };
	struct ipc_rec_gc gc = { .cycle = 1 };
	json_t *all, *v;
	size_t i;

	ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(), "0.1.0");
	t_start();
	t_send(json_pack("{s:s, s:s, s:[s,s,s,s]}", "m", "sub", "sub", "x",
	    "what", "boot", "sched", "gc", "event"));
	t_attach(&r);
	ipc_ring_put(r.base, t_desc(&r, IPC_RING_BOOT), IPC_REC_BOOT_STEP, 0,
	    t_mono(), &boot, sizeof(boot));
	ipc_ring_put(r.base, t_desc(&r, IPC_RING_SCHED), IPC_REC_SCHED, 0,
	    t_mono(), &sched, sizeof(sched));
	ipc_ring_put(r.base, t_desc(&r, IPC_RING_GC), IPC_REC_GC, 0, t_mono(),
	    &gc, sizeof(gc));
	ipc_ring_put(r.base, t_desc(&r, IPC_RING_LIFE), IPC_REC_FATAL, 0,
	    t_mono(), "fatal error: x", 14);
	T_WAIT(nitems("x") == 4);
	/* history has the same form as live */
	t_send(json_pack("{s:s, s:s, s:[s,s,s], s:s, s:i, s:i}", "m", "sub",
	    "sub", "y", "what", "boot", "sched", "gc", "instance", ID, "run",
	    1, "since", 0));
	T_WAIT(nitems("y") == 3);
	all = items_of("x");
	json_array_foreach(all, i, v)
	{
		json_t *old = items_of("y"), *w;
		size_t k;

		json_array_foreach(old, k, w)
		{
			const char *name;
			json_t *field;

			if (!json_equal(json_object_get(v, "what"),
			    json_object_get(w, "what")))
				continue;
			json_object_foreach(v, name, field)
				ck_assert_msg(json_equal(field,
				    json_object_get(w, name)), "%s", name);
		}
		json_decref(old);
	}
	json_decref(all);
	t_send(json_pack("{s:s, s:s}", "m", "unsub", "sub", "x"));
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* The link is not read for a long while; then all of it comes after all. */
START_TEST(a_slow_subscriber_costs_little_and_misses_nothing)
{
	struct t_run r = t_run_new(ID, 1);
	enum { LINES = 60000 };
	char line[256];
	int64_t seq = 0, kib = 0;
	json_t *all, *v;
	size_t i;
	FILE *f;

	t_start();
	sub("slow", "log", NULL);
	t_attach(&r);
	t_turn(20);
	memset(line, '.', sizeof(line));
	for (int k = 0; k < LINES; k++) {
		snprintf(line, sizeof(line), "%d", k + 1);
		line[strlen(line)] = '.';
		line[sizeof(line) - 1] = '\n';
		t_print(r.out[1], line, sizeof(line));
	}
	/* 15 MB of lines: the recorder did not keep them in memory */
	snprintf(line, sizeof(line), "/proc/%d/status", T.pid);
	f = fopen(line, "r");
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = atoll(line + 6);
	fclose(f);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	kib /= 20; /* shadow and quarantine */
#endif
	ck_assert_int_lt(kib, 20000);
	T_WAIT(nitems("slow") == LINES);
	all = items_of("slow");
	json_array_foreach(all, i, v)
		ck_assert_int_eq(json_integer_value(json_object_get(v, "seq")),
		    ++seq);
	json_decref(all);
	ck_assert_int_eq(dropped("slow"), 0);
	t_end_run(&r);
	T_WAIT(ended("slow"));
	t_stop();
	t_run_free(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recorder fan-out");
	TCase *tc = tcase_create("fan-out");

	tcase_add_checked_fixture(tc, t_setup, t_teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, history_and_live_are_one_stream);
	tcase_add_test(tc, records_and_events_go_live);
	tcase_add_test(tc, a_slow_subscriber_costs_little_and_misses_nothing);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
