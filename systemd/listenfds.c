/* listenfds.c - descriptors passed by systemd; see listenfds.h. */
#include <config.h>

#include "systemd/listenfds.h"

#include <stdlib.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

int
listenfds_take(listenfds_fn fn, void *arg)
{
#ifdef HAVE_LIBSYSTEMD
	char **names = NULL;
	int n = sd_listen_fds_with_names(0, &names);

	for (int i = 0; i < n; i++) {
		fn(names[i], SD_LISTEN_FDS_START + i, arg);
		free(names[i]);
	}
	free(names);
	return n;
#else
	return 0;
#endif
}
