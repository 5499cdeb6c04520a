/* faultpoint.c - see faultpoint.h. */
#include "daemon/faultpoint.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[FAULT_N] = {
#define X(name, text) text,
	FAULT_POINTS(X)
#undef X
};

static const char *file; /* NULL: none is asked for */
static int armed = -1;

static void
read_wish(void)
{
	const char *s = getenv("GORTD_FAULT"), *colon;

	armed = FAULT_N;
	colon = s != NULL ? strchr(s, ':') : NULL;
	for (int i = 0; colon != NULL && i < FAULT_N; i++)
		if (strlen(names[i]) == (size_t)(colon - s) &&
		    memcmp(names[i], s, (size_t)(colon - s)) == 0)
			armed = i;
	file = colon != NULL ? colon + 1 : NULL;
}

void
fault_point(enum fault_point at)
{
	if (armed < 0)
		read_wish();
	if ((int)at == armed && unlink(file) == 0)
		raise(SIGKILL);
}
