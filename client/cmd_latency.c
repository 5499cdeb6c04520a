/*
 * cmd_latency.c - sched --latency: how long goroutines of an instance waited
 * for a P, from its counters.
 */
#include "client/client.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/conn.h"
#include "client/json.h"
#include "client/print.h"
#include "ipc/ring.h"

static uint64_t
bucket(const json_t *all, int i)
{
	char key[24];

	snprintf(key, sizeof(key), "sched_lat_%d", i);
	return (uint64_t)j_int(all, key, 0);
}

static void
print_buckets(const json_t *all, uint64_t total)
{
	static const char *const heads[] = { ">BELOW", ">COUNT", ">SHARE",
		">UP TO HERE", NULL };
	struct table *t = table_new(heads);
	uint64_t below = 0, n;
	char edge[32];

	for (int i = 0; i < IPC_SCHED_LATENCY_N; i++) {
		n = bucket(all, i);
		if (n == 0)
			continue;
		below += n;
		if (i < IPC_SCHED_LATENCY_N - 1)
			print_dur(edge, sizeof(edge),
			    IPC_SCHED_LATENCY_EDGE_NS(i));
		else
			snprintf(edge, sizeof(edge), "more");
		table_cell(t, edge);
		table_cellf(t, "%" PRIu64, n);
		table_cellf(t, "%.2f %%", 100 * (double)n / (double)total);
		table_cellf(t, "%.2f %%",
		    100 * (double)below / (double)total);
	}
	table_print(t, stdout);
	table_free(t);
}

int
cmd_sched_latency(struct ctl_opts *o)
{
	json_t *res = NULL;
	const json_t *all;
	uint64_t total = 0;
	char buf[32];
	int rc;

	if (o->follow || o->detail || o->since != NULL) {
		ctl_say("--latency shows sums since the start: not with -f, "
			"--detail or --since");
		return CTL_USAGE;
	}
	rc = conn_ask(o, "telemetry.mem",
	    json_pack("{s:s}", "id", o->argv[0]), &res);
	if (rc != CTL_OK)
		return rc;
	all = json_object_get(res, "counters");
	if (all == NULL)
		all = res;
	for (int i = 0; i < IPC_SCHED_LATENCY_N; i++)
		total += bucket(all, i);
	if (o->json) {
		print_json(res, stdout);
	} else {
		if (total > 0)
			print_buckets(all, total);
		print_dur(buf, sizeof(buf), j_int(all, "stall_ns", 0));
		printf("runnable but not running: %s in all, %" PRIu64
		       " times\n", buf, total);
	}
	json_decref(res);
	return CTL_OK;
}
