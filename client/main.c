/*
 * main.c - gortctl: the person's end of gort.
 */
#include "client/client.h"

#include <locale.h>
#include <signal.h>

int
main(int argc, char **argv)
{
	const struct ctl_cmd *cmd;
	struct ctl_opts opts;
	int rc;

	setlocale(LC_CTYPE, "");
	/* A reader that goes away (`gortctl logs | head`) is no failure worth
	 * a message, but writing to a gortd that went away must be seen. */
	signal(SIGPIPE, SIG_IGN);
	rc = ctl_parse(argc, argv, &cmd, &opts);
	if (rc == CTL_OK && cmd != NULL)
		rc = cmd->run(&opts);
	ctl_opts_free(&opts);
	if (fflush(stdout) != 0 && rc == CTL_OK)
		rc = CTL_FAILED;
	return rc;
}
