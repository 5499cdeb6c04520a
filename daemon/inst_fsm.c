/*
 * inst_fsm.c - the life of one instance, as a table.
 *
 *            START                 READY              STOP
 *   DOWN ------------> STARTING ----------> UP ---------------> STOPPING
 *    ^ ^                | |  ^               | \                  |
 *    | |   EXIT         | |  | TIMEOUT       |  \ RESTART         | EXIT
 *    | +----------------+ |  | START         |   \                | AGAIN
 *    |             AGAIN  v  |         AGAIN |    v               v
 *    |                  BACKOFF <------------+  CYCLING -> STARTING; DOWN
 *    +--- STOP, KILL ------+
 *
 * This file decides and inst.c acts, so that the whole life is tested without
 * a fork. inst.c asks the restart policy first and says EXIT or AGAIN; in
 * STOPPING and CYCLING the policy has no say, since a person had.
 *
 * A square with no row is ignored on purpose: signals come late, and an EXIT
 * after the reap is no error. Rejected: a switch inside a switch. It hides the
 * empty squares, and that is where restart bugs live.
 */
#include "daemon/inst_fsm.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* clang-format off */
static const struct inst_step table[INST_N][EV_N] = {
	[INST_DOWN][EV_START]       = { INST_STARTING, ACT_SPAWN },
	[INST_DOWN][EV_RESTART]     = { INST_STARTING, ACT_SPAWN },

	[INST_STARTING][EV_READY]   = { INST_UP,       ACT_NONE },
	[INST_STARTING][EV_STOP]    = { INST_STOPPING, ACT_TERM },
	[INST_STARTING][EV_KILL]    = { INST_STOPPING, ACT_KILL },
	[INST_STARTING][EV_RESTART] = { INST_CYCLING,  ACT_TERM },
	[INST_STARTING][EV_EXIT]    = { INST_DOWN,     ACT_REST },
	[INST_STARTING][EV_AGAIN]   = { INST_BACKOFF,  ACT_WAIT },
	[INST_STARTING][EV_DUE] = { INST_STARTING, ACT_KILL },

	[INST_UP][EV_STOP]          = { INST_STOPPING, ACT_TERM },
	[INST_UP][EV_KILL]          = { INST_STOPPING, ACT_KILL },
	[INST_UP][EV_RESTART]       = { INST_CYCLING,  ACT_TERM },
	[INST_UP][EV_EXIT]          = { INST_DOWN,     ACT_REST },
	[INST_UP][EV_AGAIN]         = { INST_BACKOFF,  ACT_WAIT },

	[INST_STOPPING][EV_START]   = { INST_CYCLING,  ACT_NONE },
	[INST_STOPPING][EV_RESTART] = { INST_CYCLING,  ACT_NONE },
	[INST_STOPPING][EV_KILL]    = { INST_STOPPING, ACT_KILL },
	[INST_STOPPING][EV_EXIT]    = { INST_DOWN,     ACT_REST },
	[INST_STOPPING][EV_AGAIN]   = { INST_DOWN,     ACT_REST },
	[INST_STOPPING][EV_DUE] = { INST_STOPPING, ACT_KILL },

	[INST_CYCLING][EV_STOP]     = { INST_STOPPING, ACT_NONE },
	[INST_CYCLING][EV_KILL]     = { INST_STOPPING, ACT_KILL },
	[INST_CYCLING][EV_EXIT]     = { INST_STARTING, ACT_SPAWN },
	[INST_CYCLING][EV_AGAIN]    = { INST_STARTING, ACT_SPAWN },
	[INST_CYCLING][EV_DUE]  = { INST_CYCLING,  ACT_KILL },

	[INST_BACKOFF][EV_START]    = { INST_STARTING, ACT_SPAWN },
	[INST_BACKOFF][EV_RESTART]  = { INST_STARTING, ACT_SPAWN },
	[INST_BACKOFF][EV_STOP]     = { INST_DOWN,     ACT_REST },
	[INST_BACKOFF][EV_KILL]     = { INST_DOWN,     ACT_REST },
	[INST_BACKOFF][EV_DUE]  = { INST_STARTING, ACT_SPAWN },
};
/* clang-format on */

static const char *const names[INST_N] = {
#define X(name, text) [INST_##name] = text,
	INST_STATES(X)
#undef X
};

struct inst_step
inst_fsm(enum inst_state s, enum inst_ev ev)
{
	assert(s < INST_N && ev < EV_N);
	if (table[s][ev].act == ACT_IGNORE) /* ACT_IGNORE is 0 */
		return (struct inst_step){ s, ACT_IGNORE };
	return table[s][ev];
}

const char *
inst_state_name(enum inst_state s)
{
	return s < INST_N ? names[s] : "unknown";
}

enum inst_state
inst_state_of(const char *name)
{
	for (int i = 0; i < INST_N; i++)
		if (name != NULL && strcmp(names[i], name) == 0)
			return i;
	return INST_N;
}
